package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ResponseFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The form that answers are held to, as JSON: OpenAI's `response_format`, and beside its types
/// `regex`, `choice` and `grammar`.
final class FormatJson {

  /// The field of a case or a row.
  static final String FIELD = "response_format";

  private FormatJson() {}

  /// Puts a form into a case; none puts nothing.
  static void write(ObjectNode into, ResponseFormat format) {
    String json = ResponseFormat.json(format);
    if (!json.isEmpty()) {
      into.set(FIELD, JsonMapper.shared().readTree(json));
    }
  }

  /// The form of that JSON; none where there is none.
  ///
  /// @throws InvalidRequest where it is not one of those above
  static ResponseFormat read(JsonNode json) {
    if (json.isMissingNode() || json.isNull()) {
      return ResponseFormat.FREE;
    }
    return switch (json.path("type").asString("")) {
      case "text" -> ResponseFormat.FREE;
      case "json_object" -> new ResponseFormat.JsonObject();
      case "json_schema" -> schema(json.path("json_schema"));
      case "regex" -> new ResponseFormat.Regex(BenchmarkJson.text(json, "regex"));
      case "choice" -> new ResponseFormat.OneOf(BenchmarkJson.texts(json.path("choice"), "choice"));
      case "grammar" -> new ResponseFormat.Gbnf(BenchmarkJson.text(json, "grammar"));
      case String other ->
          throw new InvalidRequest(
              "%s takes text, json_object, json_schema, regex, choice or grammar, not \"%s\"."
                  .formatted(FIELD, other),
              FIELD);
    };
  }

  private static ResponseFormat schema(JsonNode json) {
    JsonNode schema = json.path("schema");
    if (!schema.isObject() && !schema.isBoolean()) {
      throw new InvalidRequest("%s needs a schema.".formatted(FIELD), FIELD);
    }
    return new ResponseFormat.JsonSchema(json.path("name").asString(""), schema.toString());
  }
}
