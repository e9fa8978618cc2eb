package dev.freehold.workload;

import dev.freehold.chat.InvalidRequest;
import java.util.Locale;
import tools.jackson.core.JacksonException;

/// The form that a workload's answers must have.
public enum Form {
  /// Any text that is not blank.
  TEXT,
  /// A JSON value and nothing else.
  JSON;

  /// The form of that word.
  public static Form of(String word) {
    return switch (word) {
      case "text" -> TEXT;
      case "json" -> JSON;
      default ->
          throw new InvalidRequest("Answers are text or json, not \"%s\".".formatted(word), "form");
    };
  }

  /// The word for it.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean holds(String answer) {
    return switch (this) {
      case TEXT -> !answer.isBlank();
      case JSON -> {
        try {
          Json.MAPPER.readTree(answer);
          yield !answer.isBlank();
        } catch (JacksonException _) {
          yield false;
        }
      }
    };
  }
}
