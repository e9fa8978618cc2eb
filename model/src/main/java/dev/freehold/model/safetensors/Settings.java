package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import tools.jackson.databind.JsonNode;

/// The object of a `config.json` that describes a text model.
///
/// @param file where it is, for messages
/// @param object its keys
record Settings(String file, JsonNode object) {

  JsonNode path(String key) {
    return object.path(key);
  }

  /// The whole number of at least 1 under `key`, or `fallback`; 0 as fallback makes it required.
  int integer(String key, int fallback) {
    JsonNode node = object.path(key);
    if (node.isMissingNode() || node.isNull()) {
      if (fallback == 0) {
        throw new MalformedFile(file, -1, key + " is missing");
      }
      return fallback;
    }
    if (!node.canConvertToInt() || node.asInt(0) < 1) {
      throw new MalformedFile(file, -1, "%s is %s".formatted(key, node));
    }
    return node.asInt();
  }

  /// The number in `node`, which stands under `key`, or `fallback`.
  float number(JsonNode node, String key, float fallback) {
    if (node.isMissingNode() || node.isNull()) {
      return fallback;
    }
    float number = node.isNumber() ? (float) node.asDouble(Double.NaN) : Float.NaN;
    if (!Float.isFinite(number)) {
      throw new MalformedFile(file, -1, "%s is %s".formatted(key, node));
    }
    return number;
  }

  /// Refuses the value under `key` unless the condition is met.
  void require(String key, boolean met, String served) {
    if (!met) {
      throw new Unsupported("%s %s (%s)".formatted(key, object.path(key), file), served);
    }
  }
}
