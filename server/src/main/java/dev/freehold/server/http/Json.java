package dev.freehold.server.http;

import dev.freehold.chat.InvalidRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// JSON as it comes in, read strictly, and as it goes out.
///
/// Refused: a key given twice (two readers may believe two different ones), nesting deeper than 64,
/// numbers longer than 100 characters, anything after the value, bytes that are not UTF-8.
///
/// Safe for use by many threads at once.
public final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxNumberLength(100)
                          .maxNameLength(1000)
                          .maxStringLength(64 * 1024 * 1024)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /// The object in these bytes.
  ///
  /// @throws InvalidRequest where they are no JSON object, or one that is refused
  public static ObjectNode object(byte[] bytes) {
    JsonNode node = read(bytes);
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new InvalidRequest("The body must be a JSON object.", null);
  }

  /// The value in these bytes.
  ///
  /// @throws InvalidRequest where they are no JSON, or one that is refused
  public static JsonNode read(byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      throw new InvalidRequest("The body is not UTF-8.", null);
    }
    try {
      return MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw new InvalidRequest(
          "The body is not JSON that is accepted here: %s.".formatted(reason(e)), null);
    }
  }

  private static String reason(JacksonException e) {
    // The library's message quotes the input; only its beginning is ours to repeat.
    String message = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    String brief = message.length() > 160 ? message.substring(0, 160) + "…" : message;
    var place = e.getLocation();
    return place == null
        ? brief
        : "%s (line %d, column %d)".formatted(brief, place.getLineNr(), place.getColumnNr());
  }

  /// An empty object.
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// An empty array.
  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /// The bytes of a value.
  public static byte[] bytes(JsonNode node) {
    return MAPPER.writeValueAsBytes(node);
  }
}
