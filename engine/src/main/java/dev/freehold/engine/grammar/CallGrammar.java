package dev.freehold.engine.grammar;

import static dev.freehold.engine.grammar.Expression.atLeast;
import static dev.freehold.engine.grammar.Expression.optional;
import static dev.freehold.engine.grammar.Expression.sequence;
import static dev.freehold.engine.grammar.Expression.text;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Tool;
import dev.freehold.engine.grammar.Expression.Member;
import dev.freehold.engine.grammar.Expression.Members;
import dev.freehold.engine.grammar.Expression.Rule;
import dev.freehold.model.answer.AnswerFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The calls that a model may write, in the form that its template shows, as `model/answer` reads
/// them: names that were offered, arguments that their schemas admit.
///
/// Every form writes less than is read: spaces as usual, keys in one order.
final class CallGrammar {

  /// Where calls begin.
  ///
  /// @param marker begins them
  /// @param first whether it does only where nothing else was said
  /// @param body what follows the marker, up to the end of the call
  record Opening(String marker, boolean first, Expression body) {}

  private static final Pattern PYTHON_NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]{0,199}");
  private static final Pattern XML_NAME = Pattern.compile("\\S([^>\\n]{0,198}\\S)?");
  private static final Set<String> OF_CALLS =
      Set.of("name", "id", "type", "arguments", "parameters", "args");
  private static final Set<String> OF_TEXTS =
      Set.of("minLength", "maxLength", "pattern", "format", "enum", "const");
  private static final CodePoints LETTERS = CodePoints.of('a', 'z').plus(CodePoints.anyOf("_"));
  private static final String RAW_TEXT = "raw text";
  private static final Expression BLANK = optional(text(" "));
  private static final Expression LINE = optional(text("\n"));

  private final AnswerFormat.Calls form;
  private final Predicate<String> controls;
  private final List<Tool> tools;
  private final boolean loose;
  private final Map<String, Expression> rules;
  private final Size size = new Size();

  /// @param form how calls are written
  /// @param controls whether a marker is a token of its own
  /// @param tools may be called
  /// @param loose whether the arguments of tools that are not strict may be any object
  /// @param rules are added to
  CallGrammar(
      AnswerFormat.Calls form,
      Predicate<String> controls,
      List<Tool> tools,
      boolean loose,
      Map<String, Expression> rules) {
    this.form = form;
    this.controls = controls;
    this.tools = tools;
    this.loose = loose;
    this.rules = rules;
    rules.putAll(JsonText.rules());
  }

  /// A marker as a model writes it: a token of its own, or spelt where the vocabulary has none.
  Expression marker(String marker) {
    return controls.test(marker) ? new Expression.Control(marker) : text(marker);
  }

  /// The ways in which calls begin; the first is the usual one.
  ///
  /// @param several whether one beginning may lead to several calls
  List<Opening> openings(boolean several) {
    return switch (form) {
      case HERMES -> {
        Expression call = sequence(LINE, object("arguments"), LINE, marker("</tool_call>"));
        yield List.of(new Opening("<tool_call>", false, call));
      }
      case XML -> {
        Expression call = xml();
        yield List.of(
            new Opening("<tool_call>", false, sequence(LINE, marker("<function="), call)),
            new Opening("<function=", false, call));
      }
      case MISTRAL -> List.of(new Opening("[TOOL_CALLS]", false, mistral(several)));
      case LLAMA -> llama(several);
      case GEMMA -> List.of(new Opening("<|tool_call>", false, gemma("<|\"|>", "<tool_call|>")));
      case FUNCTION_GEMMA ->
          List.of(
              new Opening(
                  "<start_function_call>", false, gemma("<escape>", "<end_function_call>")));
      case PYTHONIC -> List.of(new Opening("<|tool_call_start|>", false, pythonic(several)));
      case LIST -> {
        Expression calls = sequence(list("arguments", several), optional(marker("<|/tool_call|>")));
        yield List.of(new Opening("<|tool_call|>", false, calls));
      }
      case DEEPSEEK -> deepSeek(several);
      case HARMONY, NONE, UNKNOWN ->
          throw new IllegalStateException("no marker begins calls of " + form);
    };
  }

  /// What stands between a call and the marker of the next; null where there is none.
  @org.jspecify.annotations.Nullable
  Expression between() {
    return switch (form) {
      case HERMES, XML, GEMMA, FUNCTION_GEMMA -> LINE;
      case MISTRAL -> controls.test("[ARGS]") ? Expression.EMPTY : null;
      case LLAMA, PYTHONIC, LIST, DEEPSEEK, HARMONY, NONE, UNKNOWN -> null;
    };
  }

  /// Whether nothing but further calls can follow a call.
  boolean last() {
    return form == AnswerFormat.Calls.LLAMA;
  }

  /// One of the tools, named and called.
  Expression oneOf(Function<Tool, Expression> call) {
    return new Expression.Choice(tools.stream().map(call).toList());
  }

  /// The arguments of a tool, in JSON.
  Expression arguments(Tool tool) {
    return arguments(tool, JsonNotation.JSON);
  }

  private Expression arguments(Tool tool, Notation notation) {
    String rule = "arguments of " + tool.name();
    if (!rules.containsKey(rule)) {
      rules.putAll(notation.rules());
      rules.put(
          rule,
          loose && !tool.strict() ? notation.anyObject() : reader(tool, notation).arguments());
    }
    return new Rule(rule);
  }

  private SchemaReader reader(Tool tool, Notation notation) {
    String prefix = "of %s ".formatted(tool.name());
    return SchemaReader.of(tool.parameters(), field(tool), prefix, notation, rules, size);
  }

  private static String field(Tool tool) {
    return "tools: parameters of " + tool.name();
  }

  private Expression object(String key) {
    return sequence(text("{"), JsonText.GAP, afterBrace(key));
  }

  private Expression afterBrace(String key) {
    return sequence(
        text("\"name\":"),
        BLANK,
        text("\""),
        oneOf(tool ->
            sequence(
                text(tool.name() + "\","),
                JsonText.GAP,
                text("\"%s\":".formatted(key)),
                BLANK,
                arguments(tool))),
        JsonText.GAP,
        text("}"));
  }

  private Expression list(String key, boolean several) {
    Expression more = sequence(text(","), JsonText.GAP, object(key));
    return several
        ? sequence(text("["), object(key), atLeast(0, more), text("]"))
        : sequence(text("["), object(key), text("]"));
  }

  private Expression mistral(boolean several) {
    return controls.test("[ARGS]")
        ? sequence(oneOf(tool -> sequence(text(tool.name()), marker("[ARGS]"), arguments(tool))))
        : sequence(BLANK, list("arguments", several));
  }

  private List<Opening> llama(boolean several) {
    Expression more = atLeast(0, sequence(text(";"), BLANK, object("parameters")));
    Expression end = several ? more : Expression.EMPTY;
    return List.of(
        new Opening("{", true, sequence(JsonText.GAP, afterBrace("parameters"), end)),
        new Opening("<|python_tag|>", false, sequence(object("parameters"), end)));
  }

  /// JSON that begins as a call of Llama's does and cannot be taken for one, without its brace.
  Expression otherObject() {
    Expression first = JsonText.member(JsonNotation.JSON.nameOtherThan(OF_CALLS), JsonText.ANY);
    Expression more = sequence(JsonText.COMMA, JsonText.member(JsonText.ANY_STRING, JsonText.ANY));
    return sequence(
        JsonText.GAP, optional(sequence(first, atLeast(0, more), JsonText.GAP)), text("}"));
  }

  private List<Opening> deepSeek(boolean several) {
    Expression named =
        oneOf(tool -> sequence(text(tool.name()), marker("<｜tool▁sep｜>"), arguments(tool)));
    Expression fenced =
        sequence(
            text("function"),
            marker("<｜tool▁sep｜>"),
            oneOf(tool ->
                sequence(text(tool.name() + "\n```json\n"), arguments(tool), text("\n```"))));
    Expression call = sequence(Expression.choice(named, fenced), marker("<｜tool▁call▁end｜>"));
    rules.put("one call", call);
    Expression one = new Rule("one call");
    Expression more =
        several ? atLeast(0, sequence(LINE, marker("<｜tool▁call▁begin｜>"), one)) : Expression.EMPTY;
    Expression calls = sequence(one, more, marker("<｜tool▁calls▁end｜>"));
    return List.of(
        new Opening("<｜tool▁calls▁begin｜>", false, sequence(marker("<｜tool▁call▁begin｜>"), calls)),
        new Opening("<｜tool▁call▁begin｜>", false, calls));
  }

  private Expression gemma(String quote, String close) {
    if (!controls.test(quote)) {
      throw new InvalidRequest(
          "This model's calls cannot be held to a form: its vocabulary lacks the token %s."
              .formatted(quote),
          "tools");
    }
    var notation = new GemmaNotation(quote);
    return sequence(
        text("call:"),
        oneOf(tool -> sequence(text(tool.name()), arguments(tool, notation))),
        marker(close));
  }

  private Expression pythonic(boolean several) {
    Expression call = oneOf(tool -> sequence(text(tool.name() + "("), keywords(tool), text(")")));
    rules.put("one call", call);
    Expression one = new Rule("one call");
    Expression more = several ? atLeast(0, sequence(text(","), BLANK, one)) : Expression.EMPTY;
    return sequence(text("["), one, more, text("]"), marker("<|tool_call_end|>"));
  }

  private Expression keywords(Tool tool) {
    if (loose && !tool.strict()) {
      var name = OtherNames.than(Set.of(""), LETTERS, 40);
      var member = new Member(sequence(name, text("="), JsonText.ANY), false, true);
      return new Members(JsonText.COMMA, List.of(member));
    }
    List<Member> members = new ArrayList<>();
    for (SchemaReader.Property property : reader(tool, JsonNotation.JSON).properties()) {
      Expression value = sequence(text(property.name() + "="), property.values());
      members.add(new Member(value, property.required(), false));
      named(PYTHON_NAME, property.name(), tool);
    }
    return new Members(sequence(text(","), BLANK), members);
  }

  private static void named(Pattern pattern, String name, Tool tool) {
    if (!pattern.matcher(name).matches()) {
      throw new InvalidRequest(
          "%s: the property %s cannot be written in the form in which this model calls tools."
              .formatted(field(tool), SchemaReader.brief(name)),
          "tools");
    }
  }

  private Expression xml() {
    Expression end = sequence(marker("</function>"), LINE, marker("</tool_call>"));
    return sequence(oneOf(tool -> sequence(text(tool.name() + ">"), LINE, parameters(tool))), end);
  }

  private Expression parameters(Tool tool) {
    List<Member> members = new ArrayList<>();
    if (loose && !tool.strict()) {
      var name = OtherNames.than(Set.of(""), LETTERS, 40);
      members.add(new Member(parameter(name, rawText()), false, true));
      return new Members(Expression.EMPTY, members);
    }
    for (SchemaReader.Property property : reader(tool, JsonNotation.JSON).properties()) {
      named(XML_NAME, property.name(), tool);
      Expression name = text(property.name());
      members.add(new Member(parameter(name, value(property, tool)), property.required(), false));
    }
    return new Members(Expression.EMPTY, members);
  }

  private Expression parameter(Expression name, Expression value) {
    return sequence(marker("<parameter="), name, text(">\n"), value, LINE);
  }

  /// The value of a parameter, up to the marker that ends it.
  private Expression value(SchemaReader.Property property, Tool tool) {
    JsonNode schema = property.schema();
    Expression end = sequence(text("\n"), marker("</parameter>"));
    if (!AnswerFormat.isPlainText(schema)) {
      return sequence(property.values(), end);
    }
    if (schema.isMissingNode() || OF_TEXTS.stream().noneMatch(schema::has)) {
      return rawText();
    }
    String prefix = "text of %s %s ".formatted(tool.name(), property.name());
    Expression texts =
        SchemaReader.of(schema.toString(), field(tool), prefix, RawNotation.RAW, rules, size)
            .values();
    return sequence(texts, end);
  }

  private Expression rawText() {
    if (!rules.containsKey(RAW_TEXT)) {
      String close = "</parameter>";
      FreeText.Mark mark =
          controls.test(close)
              ? FreeText.Mark.control(close, Expression.EMPTY)
              : FreeText.Mark.text(close, Expression.EMPTY);
      FreeText.until(RAW_TEXT, List.of(mark), false, rules);
    }
    return new Rule(RAW_TEXT);
  }
}
