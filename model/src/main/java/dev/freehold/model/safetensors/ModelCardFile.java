package dev.freehold.model.safetensors;

import dev.freehold.chat.Unavailable;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// `README.md` of a model folder, whose first lines between two `---` are its card.
final class ModelCardFile {

  private static final int LONGEST_CARD = 2_000;
  private static final int LONGEST_LICENCE = 100;

  private ModelCardFile() {}

  /// The licence that the card of `folder` states: of one that is not among Hugging Face's, the
  /// name it gives itself.
  static Optional<String> licence(Path folder) {
    Path file = folder.resolve("README.md");
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    String licence = "";
    String name = "";
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      String line = lines.readLine();
      if (line == null || !line.strip().equals("---")) {
        return Optional.empty();
      }
      for (int i = 0; i < LONGEST_CARD; i++) {
        line = lines.readLine();
        if (line == null || line.strip().equals("---")) {
          break;
        }
        licence = value(line, "license:").orElse(licence);
        name = value(line, "license_name:").orElse(name);
      }
    } catch (IOException e) {
      throw new Unavailable("%s could not be read: %s".formatted(file, e.getMessage()), e);
    }
    String told = licence.equals("other") && !name.isEmpty() ? name : licence;
    return Optional.of(told).filter(text -> !text.isEmpty() && text.length() <= LONGEST_LICENCE);
  }

  private static Optional<String> value(String line, String key) {
    return line.startsWith(key)
        ? Optional.of(line.substring(key.length()).replaceAll("[\"']", "").strip())
        : Optional.empty();
  }
}
