package dev.freehold.model.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.model.text.MarkedText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Templates against what Jinja2 makes of them; `oracles/templates.py` wrote the goldens.
class TemplateGoldensTest {

  private static final ZonedDateTime NOW =
      ZonedDateTime.of(2026, 11, 23, 15, 4, 5, 0, ZoneOffset.UTC);

  /// What Jinja2 has and Freehold has not, since no chat template uses it: integers beyond 64 bits,
  /// format specifications after a colon, recursive loops, joiner, cycler and four filters for
  /// pages. Each must be refused, not ignored.
  private static final List<String> REFUSED =
      List.of(
          "{{ 10 ** 20 }}",
          "{:>5}",
          "striptags",
          "\"d\": \"1&2\"} | urlencode",
          "wordwrap",
          "10000000000000000000000]",
          " recursive ",
          "joiner(",
          "cycler(",
          "filesizeformat");

  /// Two attributes nobody asks for and that therefore are undefined here.
  private static final List<String> ABSENT = List.of("m.arguments", "self is defined");

  @Test
  void smallTemplatesGiveWhatJinja2Gives() throws IOException {
    List<String> differences = new ArrayList<>();
    int count = 0;
    for (JsonNode golden : goldens("expressions.jsonl")) {
      String template = golden.get("template").asString();
      if (ABSENT.stream().anyMatch(template::contains)) {
        continue;
      }
      if (REFUSED.stream().anyMatch(template::contains)) {
        assertThatThrownBy(() -> render(template, golden)).isInstanceOf(TemplateFailure.class);
      } else {
        compare(template, golden, differences);
        count++;
      }
    }
    assertThat(differences).isEmpty();
    assertThat(count).isGreaterThan(250);
  }

  @Test
  void chatTemplatesOfTwelveFamiliesGiveWhatJinja2Gives() throws IOException {
    List<String> differences = new ArrayList<>();
    Map<String, Integer> families = new HashMap<>();
    for (JsonNode golden : goldens("conversations.jsonl")) {
      String file = golden.get("file").asString();
      compare(text(file), golden, differences);
      families.merge(file, 1, Integer::sum);
    }
    assertThat(differences).isEmpty();
    assertThat(families).hasSizeGreaterThanOrEqualTo(12);
  }

  private static void compare(String template, JsonNode golden, List<String> differences) {
    String expected =
        golden.has("error")
            ? "error: " + golden.get("error").asString()
            : golden.get("expected").asString();
    String actual;
    try {
      actual = render(template, golden);
    } catch (TemplateFailure failure) {
      // Python tells more kinds of errors apart than a caller can act on; what the template itself
      // raises is one of its own.
      boolean raised = failure.kind() == TemplateFailure.Kind.RAISED;
      boolean mustRaise = template.contains("raise_exception") && expected.endsWith(" raised");
      actual = golden.has("error") && raised == mustRaise ? expected : "error: " + failure;
    }
    if (!actual.equals(expected)) {
      differences.add("%s%n   expected %s%n   but was  %s".formatted(golden, expected, actual));
    }
  }

  private static String render(String template, JsonNode golden) {
    Map<String, Value> variables = new HashMap<>();
    golden.get("variables").properties().forEach(e -> variables.put(e.getKey(), of(e.getValue())));
    variables.put("strftime_now", Functions.strftimeNow(() -> NOW));
    return Interpreter.run(StatementParser.parse(template), variables, Limits.forInput(10_000, 10))
        .value();
  }

  private static Value of(JsonNode node) {
    if (node.isObject()) {
      Map<String, Value> values = new LinkedHashMap<>();
      node.properties().forEach(e -> values.put(e.getKey(), of(e.getValue())));
      return Value.Dict.of(values);
    }
    if (node.isArray()) {
      List<Value> values = new ArrayList<>();
      node.forEach(item -> values.add(of(item)));
      return Value.Seq.list(values);
    }
    if (node.isString()) {
      return new Value.Str(MarkedText.quoted(node.asString()));
    }
    if (node.isBoolean()) {
      return Value.Bool.of(node.asBoolean());
    }
    if (node.isNull()) {
      return Value.None.NONE;
    }
    return node.isIntegralNumber() ? new Value.Int(node.asLong()) : new Value.Real(node.asDouble());
  }

  private static List<JsonNode> goldens(String name) throws IOException {
    return text(name).lines().map(JsonMapper.shared()::readTree).toList();
  }

  private static String text(String name) throws IOException {
    try (InputStream in = TemplateGoldensTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
