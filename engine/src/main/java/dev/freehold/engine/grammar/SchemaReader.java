package dev.freehold.engine.grammar;

import dev.freehold.chat.InvalidRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
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

  private record Reference(String name, JsonNode schema, Pointer pointer) {}

  private final JsonNode document;
  private final String field;
  private final String prefix;
  private final Notation notation;
  private final Map<String, Expression> rules;
  private final Size size;

  /// The rules of the places that references point to, however those are spelled.
  private final IdentityHashMap<JsonNode, Expression.Rule> referred = new IdentityHashMap<>();

  private final Deque<Reference> open = new ArrayDeque<>();
  private final SchemaTypes types;

  private SchemaReader(
      JsonNode document,
      String field,
      String prefix,
      Notation notation,
      Map<String, Expression> rules,
      Size size) {
    this.document = document;
    this.field = field;
    this.prefix = prefix;
    this.notation = notation;
    this.rules = rules;
    this.size = size;
    this.types = new SchemaTypes(this, rules, notation);
  }

  /// The values a schema admits.
  ///
  /// @param field the field it came in, for errors
  /// @throws InvalidRequest where it is no schema, or asks for what is not served
  static Grammar read(String schema, String field) {
    Map<String, Expression> rules = new HashMap<>();
    SchemaReader reader = of(schema, field, "", JsonNotation.JSON, rules, new Size());
    Expression values = reader.values();
    rules.put("root", values);
    return new Grammar(rules, "root");
  }

  /// A reader of one of several schemas that share a grammar.
  ///
  /// @param field the field it came in, for errors
  /// @param prefix before the names of rules that are this schema's alone
  /// @param notation how values are written
  /// @param rules are added to
  /// @param size of all that share them
  /// @throws InvalidRequest where it is no JSON
  static SchemaReader of(
      String schema,
      String field,
      String prefix,
      Notation notation,
      Map<String, Expression> rules,
      Size size) {
    if (schema.length() > LONGEST) {
      throw new InvalidRequest("%s has more than %,d characters.".formatted(field, LONGEST), field);
    }
    rules.putAll(JsonText.rules());
    rules.putAll(notation.rules());
    try {
      look(schema, field);
      return new SchemaReader(MAPPER.readTree(schema), field, prefix, notation, rules, size);
    } catch (JacksonException e) {
      String reason = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
      throw new InvalidRequest("%s is no JSON: %s.".formatted(field, reason), field);
    } catch (NumberFormatException e) {
      // An exponent that no number of this machine has, 1e9999999999.
      throw new InvalidRequest(
          "%s has a number whose exponent is out of all bounds.".formatted(field), field);
    }
  }

  /// Refuses what says too much, before a tree is made of it: most of what a large schema costs is
  /// the making of its numbers, and reading past them costs a tenth of that.
  ///
  /// @throws JacksonException where it is no JSON
  private static void look(String schema, String field) {
    var tokens = new Size();
    var numbers = new Size();
    try (JsonParser parser = MAPPER.createParser(schema)) {
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        tokens.add(Size.TOKEN, field);
        if (token.isNumeric()) {
          numbers.add(Size.WRITTEN_DIGIT * parser.getStringLength(), field);
        }
      }
    }
  }

  /// The values the schema admits.
  ///
  /// @throws InvalidRequest where it is no schema, or asks for what is not served
  Expression values() {
    Expression values = schema(document, Pointer.ROOT);
    readReferences();
    return values;
  }

  private void readReferences() {
    while (!open.isEmpty()) {
      Reference next = open.remove();
      rules.put(next.name(), schema(next.schema(), next.pointer()));
    }
  }

  /// A property of an object that is written member by member.
  ///
  /// @param schema what the document says of it
  /// @param values the values it admits
  record Property(String name, JsonNode schema, Expression values, boolean required) {}

  /// The objects that the schema of a function's arguments admits; where it lists no properties and
  /// does not speak of others, there are none.
  ///
  /// @throws InvalidRequest where it is no schema of an object, or asks for what is not served
  Expression arguments() {
    Keywords keywords = ofObject();
    boolean none = document.path("properties").isEmpty() && document.has("properties");
    Expression objects =
        none && !document.has("additionalProperties") && document.path("required").isEmpty()
            ? notation.object(List.of())
            : types.structures().object(keywords);
    keywords.pass("properties", "required");
    keywords.refuseOthers();
    readReferences();
    return objects;
  }

  /// The properties that the schema of a function's arguments names, in its order.
  ///
  /// @throws InvalidRequest where it is no schema of an object, or asks for what is not served
  List<Property> properties() {
    Keywords keywords = ofObject();
    List<Property> properties = types.structures().named(keywords);
    keywords.refuseOthers();
    readReferences();
    return properties;
  }

  private Keywords ofObject() {
    JsonNode type = document.path("type");
    boolean object =
        document.isObject()
            && (type.isMissingNode() || (type.isString() && type.stringValue().equals("object")));
    if (!object) {
      throw wrong(Pointer.ROOT, "must be of type object");
    }
    var keywords = new Keywords(this, document, Pointer.ROOT, ANNOTATIONS);
    keywords.pass("type");
    return keywords;
  }

  /// The values that a schema at a place of the document admits.
  Expression schema(JsonNode schema, Pointer pointer) {
    takes(schema.has("$ref") ? Size.REFERENCE : Size.SCHEMA);
    if (schema.isBoolean()) {
      return schema.booleanValue() ? notation.any() : Expression.NOTHING;
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
      ways.add(schema(list.get(i), keywords.pointer(keyword).to(Integer.toString(i))));
    }
    return new Expression.Choice(ways);
  }

  private Expression reference(String target, Pointer pointer) {
    if (!target.equals("#") && !target.startsWith("#/")) {
      throw wrong(pointer, "must point into the schema itself: # or #/…");
    }
    JsonNode found = target.equals("#") ? document : find(target.substring(2));
    if (found.isMissingNode()) {
      throw wrong(pointer, "points to %s, which is not there".formatted(brief(target)));
    }
    return referred.computeIfAbsent(
        found,
        _ -> {
          String name = prefix + "$ref " + target;
          open.add(new Reference(name, found, new Pointer(null, target.substring(1))));
          return new Expression.Rule(name);
        });
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

  /// Counts what is about to be read.
  ///
  /// @throws InvalidRequest where it is too much
  void takes(int parts) {
    size.add(parts, field);
  }

  Size size() {
    return size;
  }

  InvalidRequest wrong(Pointer pointer, String what) {
    String written = pointer.toString();
    String place = written.isEmpty() ? "the schema" : brief(written);
    return new InvalidRequest("%s: %s %s.".formatted(field, place, what), field);
  }

  String field() {
    return field;
  }

  static String brief(String text) {
    return text.length() > 120 ? text.substring(0, 120) + "…" : text;
  }
}
