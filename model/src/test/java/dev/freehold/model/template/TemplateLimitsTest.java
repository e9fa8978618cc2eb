package dev.freehold.model.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Message;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.text.MarkedText;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Hostile templates: each ends with our own failure, in bounded time and memory.
class TemplateLimitsTest {

  private static final Limits LIMITS = new Limits(200_000, 4_000_000, 100_000);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% set x = namespace(v='a') %}{% for i in range(99) %}{% set x.v = x.v + x.v %}{% endfor %}",
        "{% set x = namespace(v=['a']) %}{% for i in range(99) %}{% set x.v = x.v + x.v %}{% endfor %}",
        "{% set x = namespace(v=[]) %}{% for i in range(99) %}{% set x.v = [x.v, x.v] %}{% endfor %}{{ x.v }}",
        "{% set x = namespace(v=[]) %}{% for i in range(9999) %}{% set x.v = [x.v] %}{% endfor %}{{ x.v }}",
        "{% set x = namespace(v=[]) %}{% for i in range(9999) %}{% set x.v = [x.v] %}{% endfor %}{{ x.v == [x.v] }}",
        "{% set x = namespace(v=[]) %}{% for i in range(9999) %}{% set x.v = [x.v] %}{% endfor %}{{ x.v | tojson }}",
        "{{ 'a' * 999999999999 }}",
        "{{ [1] * 999999999999 }}",
        "{{ [1] * 600000 }}",
        "{{ 'a' | center(999999999) }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ 'a'.zfill(999999999) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ range(999999999) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% for i in range(99999) %}0123456789{% endfor %}",
        "{{ (('a' * 99999) ~ 'b').count(('a' * 50000) ~ 'c') }}",
        "{{ ('a' * 99999) | replace('', 'b' * 9999) }}",
        "{{ ('a' * 9999) | list | join('b' * 9999) }}",
        "{{ ('a\\n' * 9999) | indent(999) }}",
        "{{ [1, 2] | slice(999999999) | list }}",
        "{{ [1] | batch(999999999, 0) | list }}",
        "{% for i in range(9999) %}{% set x = ('a' * 9999).split('a') %}{% endfor %}",
      })
  void aBombEndsWithItsLimit(String template) {
    assertThatThrownBy(() -> Interpreter.run(StatementParser.parse(template), Map.of(), LIMITS))
        .isInstanceOfSatisfying(
            TemplateFailure.class,
            failure -> assertThat(failure.kind()).isEqualTo(TemplateFailure.Kind.LIMIT));
  }

  /// A million mutants found it: the probe of how calls are written ran through such a loop six
  /// times over, each time with all that a request may take.
  @Test
  void whatFindsOutHowCallsAreWrittenTakesFarLessThanARequestMay() {
    String template =
        "{%% for m in messages * %d %%}{%% for c in m.tool_calls or [] %%}"
            + "{%% if loop.first %%}{{ c.function }}{%% endif %%}{%% endfor %%}{%% endfor %%}{{ tools }}";
    assertThat(parsed(template.formatted(10)).takesTools()).isTrue();
    assertThat(parsed(template.formatted(20_000)).takesTools()).isFalse();
    assertThat(Limits.PROBE.steps() * 10).isLessThanOrEqualTo(Limits.forInput(0, 0).steps());
  }

  @Test
  void aLoopAsLongAsItsListMayBeEndsWithinARequestsSteps() {
    ChatTemplate template = parsed("{% for m in messages * 1000000 %}{% endfor %}");
    assertThatThrownBy(() -> template.render(List.of(new Message.User("U")), true))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("255000 steps");
  }

  private static ChatTemplate parsed(String template) {
    return ChatTemplate.parse(template, Map.of(), Clock.systemUTC());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "( )",
        "[ ]",
        "{1: }",
        "- ''",
        "not~ ''",
        "a[ ]",
        "a( )",
        "a~if~a~else~ ''",
        "x|f( )"
      })
  void nestingIsRefusedBeforeTheStackEnds(String opening, String closing) {
    int depth = 100_000;
    String open = opening.replace('~', ' ').repeat(depth);
    String close = closing.repeat(depth);
    assertThatThrownBy(() -> StatementParser.parse("{{ " + open + "a" + close + " }}"))
        .isInstanceOf(TemplateFailure.class)
        .hasMessageContaining("nests");
    assertThatThrownBy(() -> StatementParser.parse("{% if a %}".repeat(depth)))
        .isInstanceOf(TemplateFailure.class)
        .hasMessageContaining("nests");
  }

  @ParameterizedTest
  @ValueSource(strings = {".a", "[0]", "()", "|trim", " is defined", " if a"})
  void longChainsAreRefusedBeforeTheStackEnds(String link) {
    assertThatThrownBy(() -> StatementParser.parse("{{ a" + link.repeat(100_000) + " }}"))
        .isInstanceOf(TemplateFailure.class);
  }

  @Test
  void aLongSumIsEvaluatedWithoutNesting() {
    String template = "{{ 0" + " + 1".repeat(10_000) + " }}";
    assertThat(Interpreter.run(StatementParser.parse(template), Map.of(), LIMITS).value())
        .isEqualTo("10000");
  }

  @Test
  void randomTemplatesRenderOrFailWithOurFailure() {
    List<String> parts =
        List.of(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "-",
            "+",
            " ",
            "\n",
            "if",
            "else",
            "elif",
            "endif",
            "for",
            "in",
            "endfor",
            "set",
            "endset",
            "macro",
            "endmacro",
            "call",
            "endcall",
            "filter",
            "endfilter",
            "raw",
            "endraw",
            "generation",
            "endgeneration",
            "break",
            "continue",
            "x",
            "messages",
            "loop",
            "m",
            ".",
            ",",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ":",
            "|",
            "is",
            "not",
            "and",
            "or",
            "none",
            "true",
            "'a'",
            "\"b",
            "'",
            "\\",
            "1",
            "2.5",
            "1e9",
            "**",
            "*",
            "/",
            "//",
            "%",
            "~",
            "=",
            "==",
            "!=",
            "<",
            ">",
            "defined",
            "upper",
            "tojson",
            "join",
            "map",
            "select",
            "selectattr",
            "range(3)",
            "namespace",
            "split",
            "items",
            "content",
            "text",
            "é",
            "😀",
            "\ud800");
    var random = new Random(20261123);
    int rendered = 0;
    for (int i = 0; i < 60_000; i++) {
      var template = new StringBuilder(random.nextInt(3) == 0 ? "{{ " : "");
      int length = 1 + random.nextInt(14);
      for (int j = 0; j < length; j++) {
        template.append(parts.get(random.nextInt(parts.size())));
        if (random.nextInt(3) == 0) {
          template.append(' ');
        }
      }
      template.append(random.nextInt(2) == 0 ? " }}" : random.nextInt(3) == 0 ? " %}" : "");
      try {
        var messages =
            Value.Seq.list(
                List.of(Value.Dict.of(Map.of("content", new Value.Str(MarkedText.quoted("q"))))));
        Interpreter.run(
            StatementParser.parse(template.toString()),
            Map.of("messages", messages, "x", new Value.Int(3)),
            LIMITS);
        rendered++;
      } catch (TemplateFailure expected) {
        assertThat(expected.getMessage()).isNotBlank();
      } catch (RuntimeException | StackOverflowError unexpected) {
        throw new AssertionError("Template: " + template, unexpected);
      }
    }
    assertThat(rendered).isGreaterThan(5_000);
  }

  @Test
  void randomExpressionsOverValuesRenderOrFailWithOurFailure() {
    List<String> values =
        List.of(
            "'abc'",
            "''",
            "1",
            "-7",
            "0",
            "2.5",
            "none",
            "true",
            "nothing",
            "[]",
            "[1, 'a', none]",
            "(1, 2)",
            "{}",
            "{'a': 1}",
            "messages",
            "messages[0]",
            "range(4)",
            "namespace(a=1)",
            "('ab' | map('upper'))",
            "loop",
            "9223372036854775807",
            "1e308",
            "'😀é'");
    List<String> binary =
        List.of("+", "-", "*", "/", "//", "%", "**", "~", "==", "<", "in", "not in", "and", "or");
    List<String> suffixes =
        List.of(
            "|length",
            "|list",
            "|first",
            "|last",
            "|join(',')",
            "|tojson",
            "|int",
            "|float",
            "|sort",
            "|reverse",
            "|unique|list",
            "|map('string')|list",
            "|selectattr('a')|list",
            "|groupby('a')",
            "|dictsort",
            "|items|list",
            "|trim",
            "|title",
            "|indent",
            "|round",
            "|abs",
            "|sum",
            "|min",
            "|max",
            "|batch(2)|list",
            "|slice(2)|list",
            "|truncate(2)",
            "|urlencode",
            "|wordcount",
            "|replace('a', 'b')",
            "|string",
            "|format(1)",
            "|e",
            "[0]",
            "[-1]",
            "[1:]",
            "[::-1]",
            "[::2]",
            "['a']",
            ".a",
            ".items()",
            ".split('a')",
            ".upper()",
            ".strip()",
            ".get('a')",
            ".format(1)",
            ".index('a')",
            ".count(1)",
            ".partition('b')",
            ".center(9)",
            ".splitlines()",
            ".title()",
            "()",
            "(1)",
            " is odd",
            " is divisibleby 0",
            " is string",
            " is iterable",
            " is lower",
            " is in [1]");
    var random = new Random(42);
    int rendered = 0;
    for (int i = 0; i < 60_000; i++) {
      String left = values.get(random.nextInt(values.size()));
      var expression = new StringBuilder("(" + left + ")");
      for (int j = random.nextInt(3); j >= 0; j--) {
        if (random.nextInt(3) == 0) {
          expression
              .insert(0, "(")
              .append(' ')
              .append(binary.get(random.nextInt(binary.size())))
              .append(' ')
              .append(values.get(random.nextInt(values.size())))
              .append(')');
        } else {
          expression.append(suffixes.get(random.nextInt(suffixes.size())));
        }
      }
      String template = "{% for x in [1] %}{{ " + expression + " }}{% endfor %}";
      try {
        var messages =
            Value.Seq.list(
                List.of(Value.Dict.of(Map.of("content", new Value.Str(MarkedText.quoted("q"))))));
        Interpreter.run(StatementParser.parse(template), Map.of("messages", messages), LIMITS);
        rendered++;
      } catch (TemplateFailure expected) {
        assertThat(expected.line()).isEqualTo(1);
      } catch (RuntimeException | StackOverflowError unexpected) {
        throw new AssertionError("Template: " + template, unexpected);
      }
    }
    assertThat(rendered).isGreaterThan(10_000);
  }
}
