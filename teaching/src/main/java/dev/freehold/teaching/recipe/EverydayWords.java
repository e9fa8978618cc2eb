package dev.freehold.teaching.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// Words that people say whatever they ask about.
///
/// Half of a person's question is not in the document at all: who asks, why, and what is called
/// something else there. A model that has only ever been asked in the document's words takes every
/// other word for a hint. Safe for use by many threads at once.
final class EverydayWords {

  private static final List<String> ENGLISH = read("en");
  private static final List<String> FRENCH = read("fr");
  private static final List<String> GERMAN = read("de");

  private EverydayWords() {}

  /// Those of a language; English where we have none of it.
  static List<String> in(String language) {
    return switch (language) {
      case "fr" -> FRENCH;
      case "de" -> GERMAN;
      default -> ENGLISH;
    };
  }

  private static List<String> read(String language) {
    String name = "/dev/freehold/teaching/everyday-%s.txt".formatted(language);
    try (InputStream in = EverydayWords.class.getResourceAsStream(name)) {
      byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
      return List.of(new String(bytes, StandardCharsets.UTF_8).strip().split("\\s+", -1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
