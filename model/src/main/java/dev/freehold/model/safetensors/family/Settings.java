package dev.freehold.model.safetensors.family;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import tools.jackson.databind.JsonNode;

/// The object of a `config.json` that describes a text model.
///
/// @param file where it is, for messages
/// @param object its keys
public record Settings(String file, JsonNode object) {

  public JsonNode path(String key) {
    return object.path(key);
  }

  /// Whether something other than null stands under `key`.
  boolean has(String key) {
    return object.hasNonNull(key);
  }

  /// The whole number of at least 1 under `key`, or `fallback`; 0 as fallback makes it required.
  public int integer(String key, int fallback) {
    return integer(object.path(key), key, fallback);
  }

  /// The whole number of at least 1 in `node`, which stands under `key`, or `fallback`.
  int integer(JsonNode node, String key, int fallback) {
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

  /// The number under `key`, or `fallback`.
  float number(String key, float fallback) {
    return number(object.path(key), key, fallback);
  }

  /// The number in `node`, which stands under `key`, or `fallback`.
  public float number(JsonNode node, String key, float fallback) {
    if (node.isMissingNode() || node.isNull()) {
      return fallback;
    }
    float number = node.isNumber() ? (float) node.asDouble(Double.NaN) : Float.NaN;
    if (!Float.isFinite(number)) {
      throw new MalformedFile(file, -1, "%s is %s".formatted(key, node));
    }
    return number;
  }

  /// Whether `key` is set and true.
  boolean flag(String key) {
    return object.path(key).asBoolean(false);
  }

  /// Refuses the value under `key` unless the condition is met.
  void require(String key, boolean met, String served) {
    if (!met) {
      throw new Unsupported("%s %s (%s)".formatted(key, object.path(key), file), served);
    }
  }

  /// Refuses another text under `key` than the one that is served, which is assumed where it is
  /// absent.
  void require(String key, String served) {
    require(key, object.path(key).asString(served).equals(served), served);
  }
}
