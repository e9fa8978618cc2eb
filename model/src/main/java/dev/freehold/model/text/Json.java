package dev.freehold.model.text;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON read strictly: no key twice, nothing after the value, nesting of at most 128. Safe for use
/// by many threads.
public final class Json {

  private static final long LARGEST_FILE = 128L << 20;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(128)
                  .maxNumberLength(400)
                  .maxStringLength(64 << 20)
                  .maxNameLength(1 << 16)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  /// The value of a text; empty where it is no JSON.
  public static Optional<JsonNode> read(String text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      return node.isMissingNode() ? Optional.empty() : Optional.of(node);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /// The object in the file at `path`, of at most 128 MB.
  ///
  /// @throws NotFound where there is no such file
  /// @throws MalformedFile where it is no JSON object
  /// @throws Unavailable where it cannot be read
  public static JsonNode read(Path path) {
    try {
      if (Files.size(path) > LARGEST_FILE) {
        throw new MalformedFile(path.toString(), -1, "it is larger than 128 MB");
      }
      JsonNode node = MAPPER.readTree(Files.readAllBytes(path));
      if (!node.isObject()) {
        throw new MalformedFile(path.toString(), 0, "it is no JSON object");
      }
      return node;
    } catch (JacksonException e) {
      throw new MalformedFile(
          path.toString(),
          e.getLocation() == null ? -1 : e.getLocation().getByteOffset(),
          "no sound JSON: " + e.getOriginalMessage());
    } catch (NoSuchFileException e) {
      throw new NotFound("There is no file %s.".formatted(path));
    } catch (IOException e) {
      throw new Unavailable("%s could not be read: %s".formatted(path, e.getMessage()), e);
    }
  }

  /// Reads a text in UTF-8 token by token.
  public static JsonParser parser(byte[] text) {
    return FACTORY.createParser(ObjectReadContext.empty(), text);
  }

  /// A string as JSON writes it, quotation marks included.
  public static String quote(String text) {
    return MAPPER.writeValueAsString(text);
  }
}
