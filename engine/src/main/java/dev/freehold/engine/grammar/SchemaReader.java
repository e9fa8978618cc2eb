package dev.freehold.engine.grammar;

import dev.freehold.chat.InvalidRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/// Translates a JSON Schema (2020-12, the part that OpenAI's structured outputs take) into a
/// [Grammar] of the values it admits.
///
/// Every keyword is honoured or refused by name. The grammar may describe fewer values than the
/// schema, never others: properties come in the order of the schema, and those that a schema merely
/// does not forbid are not written.
final class SchemaReader {

  /// Keywords that say something about the schema and nothing about values.
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "title",
          "description",
          "default",
          "examples",
          "$schema",
          "$id",
          "$comment",
          "deprecated",
          "readOnly",
          "writeOnly",
          "$defs",
          "definitions");

  private static final int DEEPEST = 64;

  private static final int LONGEST = 250_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxNumberLength(100)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private record Reference(String name, JsonNode schema, String pointer) {}

  private final JsonNode document;
  private final String field;
  private final Map<String, Expression> rules = new HashMap<>(JsonText.rules());
  private final Set<String> referred = new LinkedHashSet<>();
  private final Deque<Reference> open = new ArrayDeque<>();
  private final SchemaTypes types;

  private SchemaReader(JsonNode document, String field) {
    this.document = document;
    this.field = field;
    this.types = new SchemaTypes(this, rules);
  }

  /// The values a schema admits.
  ///
  /// @param field the field it came in, for errors
  /// @throws InvalidRequest where it is no schema, or asks for what is not served
  static Grammar read(String schema, String field) {
    if (schema.length() > LONGEST) {
      throw new InvalidRequest("%s has more than %,d characters.".formatted(field, LONGEST), field);
    }
    try {
      return new SchemaReader(MAPPER.readTree(schema), field).read();
    } catch (JacksonException e) {
      String reason = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
      throw new InvalidRequest("%s is no JSON: %s.".formatted(field, reason), field);
    }
  }

  private Grammar read() {
    rules.put("root", schema(document, ""));
    while (!open.isEmpty()) {
      Reference next = open.remove();
      rules.put(next.name(), schema(next.schema(), next.pointer()));
    }
    return new Grammar(rules, "root");
  }

  /// The values that a schema at a place of the document admits.
  Expression schema(JsonNode schema, String pointer) {
    if (schema.isBoolean()) {
      return schema.booleanValue() ? JsonText.ANY : Expression.NOTHING;
    }
    if (!schema.isObject()) {
      throw wrong(pointer, "must be an object or true or false");
    }
    var keywords = new Keywords(this, schema, pointer, ANNOTATIONS);
    Expression values = values(keywords);
    keywords.refuseOthers();
    return values;
  }

  private Expression values(Keywords keywords) {
    if (keywords.has("$ref")) {
      return reference(keywords.text("$ref"), keywords.pointer("$ref"));
    }
    if (keywords.has("enum") || keywords.has("const")) {
      return types.oneOfThese(keywords);
    }
    if (keywords.has("anyOf")) {
      return anyOf("anyOf", keywords);
    }
    if (keywords.isSingle("allOf")) {
      return anyOf("allOf", keywords);
    }
    return types.ofTypes(keywords);
  }

  private Expression anyOf(String keyword, Keywords keywords) {
    JsonNode list = keywords.list(keyword);
    List<Expression> ways = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      ways.add(schema(list.get(i), "%s/%d".formatted(keywords.pointer(keyword), i)));
    }
    return new Expression.Choice(ways);
  }

  private Expression reference(String target, String pointer) {
    if (!target.equals("#") && !target.startsWith("#/")) {
      throw wrong(pointer, "must point into the schema itself: # or #/…");
    }
    String name = "$ref " + target;
    if (referred.add(name)) {
      JsonNode found = target.equals("#") ? document : find(target.substring(2));
      if (found.isMissingNode()) {
        throw wrong(pointer, "points to %s, which is not there".formatted(brief(target)));
      }
      open.add(new Reference(name, found, target.substring(1)));
    }
    return new Expression.Rule(name);
  }

  private JsonNode find(String path) {
    JsonNode found = document;
    for (String step : path.split("/", -1)) {
      String key = step.replace("%25", "%").replace("~1", "/").replace("~0", "~");
      found = found.isArray() ? element(found, key) : found.path(key);
    }
    return found;
  }

  private static JsonNode element(JsonNode array, String key) {
    return array.path(key.matches("\\d{1,9}") ? Integer.parseInt(key) : -1);
  }

  /// A rule of its own for an expression that is needed in several places.
  Expression shared(Expression expression) {
    String name = "part " + rules.size();
    rules.put(name, expression);
    return new Expression.Rule(name);
  }

  InvalidRequest wrong(String pointer, String what) {
    String place = pointer.isEmpty() ? "the schema" : brief(pointer);
    return new InvalidRequest("%s: %s %s.".formatted(field, place, what), field);
  }

  String field() {
    return field;
  }

  static String brief(String text) {
    return text.length() > 120 ? text.substring(0, 120) + "…" : text;
  }
}
