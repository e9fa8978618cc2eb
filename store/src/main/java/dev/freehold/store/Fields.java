package dev.freehold.store;

import dev.freehold.chat.MalformedFile;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A JSON object that is read field by field; a missing or ill-typed one is refused by name.
///
/// @param node the object
/// @param file what to call the file it stands in
record Fields(JsonNode node, String file) {

  String text(String field) {
    return optionalText(field).orElseThrow(() -> missing(field, "a string"));
  }

  Optional<String> optionalText(String field) {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw missing(field, "a string");
    }
    return Optional.of(value.stringValue());
  }

  long number(String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw missing(field, "a whole number");
    }
    long number = value.longValue();
    if (number < 0) {
      throw missing(field, "zero or more");
    }
    return number;
  }

  Iterable<JsonNode> array(String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isArray()) {
      throw missing(field, "an array");
    }
    return value;
  }

  private MalformedFile missing(String field, String wanted) {
    return new MalformedFile(file, -1, "\"%s\" must be %s".formatted(field, wanted));
  }
}
