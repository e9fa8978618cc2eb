package dev.freehold.langchain4j;

import dev.langchain4j.internal.Json;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The forms of answers in LangChain4j's words and in Freehold's.
final class Forms {

  private Forms() {}

  static dev.freehold.chat.ResponseFormat of(@Nullable ResponseFormat format) {
    if (format == null) {
      return dev.freehold.chat.ResponseFormat.FREE;
    }
    return switch (format.type()) {
      case TEXT -> dev.freehold.chat.ResponseFormat.FREE;
      case JSON -> json(format.jsonSchema());
    };
  }

  private static dev.freehold.chat.ResponseFormat json(@Nullable JsonSchema schema) {
    if (schema == null) {
      return new dev.freehold.chat.ResponseFormat.JsonObject();
    }
    JsonSchemaElement root = schema.rootElement();
    String text =
        root instanceof JsonRawSchema raw
            ? raw.schema()
            : Json.toJson(JsonSchemaElementUtils.toMap(root));
    return new dev.freehold.chat.ResponseFormat.JsonSchema(
        Objects.requireNonNullElse(schema.name(), "schema"), text);
  }
}
