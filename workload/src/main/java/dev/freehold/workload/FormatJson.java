package dev.freehold.workload;

import dev.freehold.chat.ResponseFormat;
import tools.jackson.databind.node.ObjectNode;

/// The form that a request asks for, as it is kept: OpenAI's `response_format`, and beside its
/// types `regex`, `choice` and `grammar`.
final class FormatJson {

  private FormatJson() {}

  /// Empty for no form.
  static String of(ResponseFormat format) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    switch (format) {
      case ResponseFormat.Free _ -> {
        return "";
      }
      case ResponseFormat.JsonObject _ -> json.put("type", "json_object");
      case ResponseFormat.JsonSchema(String name, String schema) ->
          json.put("type", "json_schema")
              .putObject("json_schema")
              .put("name", name)
              .set("schema", Json.MAPPER.readTree(schema));
      case ResponseFormat.Regex(String expression) ->
          json.put("type", "regex").put("regex", expression);
      case ResponseFormat.OneOf(var texts) ->
          texts.forEach(json.put("type", "choice").putArray("choice")::add);
      case ResponseFormat.Gbnf(String grammar) ->
          json.put("type", "grammar").put("grammar", grammar);
    }
    return Json.MAPPER.writeValueAsString(json);
  }
}
