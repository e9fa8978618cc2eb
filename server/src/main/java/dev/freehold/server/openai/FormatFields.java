package dev.freehold.server.openai;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.server.http.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The fields that say what form an answer must have: OpenAI's `response_format`, llama.cpp's
/// `grammar` and `json_schema`, vLLM's `structured_outputs`.
final class FormatFields {

  private FormatFields() {}

  /// The form asked for; at most one field may ask for one.
  static ResponseFormat format(Fields fields) {
    List<String> names = new ArrayList<>();
    List<ResponseFormat> formats = new ArrayList<>();
    add("response_format", fields.any("response_format").map(FormatFields::openAi), names, formats);
    add("grammar", fields.text("grammar").map(ResponseFormat.Gbnf::new), names, formats);
    add(
        "json_schema",
        fields.any("json_schema").map(schema -> schema(schema, "json_schema", "")),
        names,
        formats);
    add(
        "structured_outputs",
        fields.any("structured_outputs").map(FormatFields::structuredOutputs),
        names,
        formats);
    if (formats.size() > 1) {
      throw new InvalidRequest(
          "%s and %s both ask for a form; give one of them."
              .formatted(names.getFirst(), names.getLast()),
          names.getLast());
    }
    return formats.isEmpty() ? ResponseFormat.FREE : formats.getFirst();
  }

  private static void add(
      String name,
      Optional<? extends ResponseFormat> format,
      List<String> names,
      List<ResponseFormat> formats) {
    format
        .filter(asked -> !(asked instanceof ResponseFormat.Free))
        .ifPresent(asked -> {
          names.add(name);
          formats.add(asked);
        });
  }

  private static ResponseFormat openAi(JsonNode node) {
    Fields format = Fields.inside(node, "response_format");
    String type = format.requiredText("type");
    ResponseFormat asked =
        switch (type) {
          case "text" -> ResponseFormat.FREE;
          // llama.cpp's server takes a schema here.
          case "json_object" ->
              format
                  .any("schema")
                  .map(schema -> schema(schema, format.name("schema"), ""))
                  .orElseGet(ResponseFormat.JsonObject::new);
          case "json_schema" -> named(format);
          default ->
              throw new InvalidRequest(
                  "response_format of the type %s is not supported: text, json_object and json_schema are."
                      .formatted(MessageFields.brief(type)),
                  "response_format");
        };
    format.refuseOthers();
    return asked;
  }

  private static ResponseFormat named(Fields format) {
    JsonNode node = format.any("json_schema").orElseThrow(() -> format.missing("json_schema"));
    Fields inside = Fields.inside(node, format.name("json_schema"));
    String name = inside.requiredText("name");
    if (!name.matches("[a-zA-Z0-9_-]{1,64}")) {
      throw new InvalidRequest(
          "The name of a schema has 1 to 64 letters, digits, underscores or dashes.",
          inside.name("name"));
    }
    // Strict or not, every answer is held to the schema, so neither word changes anything.
    inside.flag("strict");
    inside.text("description");
    JsonNode schema = inside.any("schema").orElseThrow(() -> inside.missing("schema"));
    inside.refuseOthers();
    return schema(schema, inside.name("schema"), name);
  }

  private static ResponseFormat schema(JsonNode schema, String field, String name) {
    if (!schema.isObject()) {
      throw new InvalidRequest("%s must be an object.".formatted(field), field);
    }
    return new ResponseFormat.JsonSchema(name, schema.toString());
  }

  private static ResponseFormat structuredOutputs(JsonNode node) {
    Fields asked = Fields.inside(node, "structured_outputs");
    List<ResponseFormat> formats = new ArrayList<>();
    asked.any("json").map(schema -> schema(schema, asked.name("json"), "")).ifPresent(formats::add);
    asked.text("regex").map(ResponseFormat.Regex::new).ifPresent(formats::add);
    asked.texts("choice").map(ResponseFormat.OneOf::new).ifPresent(formats::add);
    asked.text("grammar").map(ResponseFormat.Gbnf::new).ifPresent(formats::add);
    asked
        .flag("json_object")
        .filter(flag -> flag)
        .ifPresent(_ -> formats.add(new ResponseFormat.JsonObject()));
    asked.refuseOthers();
    if (formats.size() != 1) {
      throw new InvalidRequest(
          "structured_outputs takes one of json, regex, choice, grammar and json_object.",
          "structured_outputs");
    }
    return formats.getFirst();
  }
}
