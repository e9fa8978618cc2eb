package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the JSON files of a model folder strictly: no key twice, nothing after the value, bounded
/// depth.
final class Json {

  private static final long LARGEST_FILE = 128L << 20;
  private static final int DEEPEST = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNumberLength(64)
                  .maxStringLength(16 << 20)
                  .maxNameLength(1 << 16)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  static JsonParser parser(byte[] text) {
    return FACTORY.createParser(ObjectReadContext.empty(), text);
  }

  /// The object in the file at `path`.
  ///
  /// @throws NotFound where there is no such file
  /// @throws MalformedFile where it is no JSON object
  /// @throws Unavailable where it cannot be read
  static JsonNode read(Path path) {
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
}
