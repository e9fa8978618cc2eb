package dev.freehold.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The references' results, which lie with the models they belong to.
final class Goldens {

  private static final Path FOLDER =
      Path.of("..", "model", "src", "test", "resources", "dev", "freehold", "model", "oracle");

  private Goldens() {}

  static Path file(String name) {
    return FOLDER.resolve(name);
  }

  static List<JsonNode> lines(String name) {
    return text(file(name)).lines().map(JsonMapper.shared()::readTree).toList();
  }

  static JsonNode json(String name) {
    return JsonMapper.shared().readTree(text(file(name)));
  }

  static int[] tokens(JsonNode node) {
    return node.valueStream().mapToInt(JsonNode::asInt).toArray();
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
