package dev.freehold.teaching.lesson;

import dev.freehold.chat.InvalidRequest;

/// Where a lesson comes from: what has to be marked when the thing is deleted.
///
/// Written `document:ID`, `exchange:ID`, `file:NAME`, or `base`.
public sealed interface Origin {

  /// A document of a collection.
  record Document(String id) implements Origin {
    @Override
    public String toString() {
      return "document:" + id;
    }
  }

  /// A captured exchange of a workload.
  record Exchange(String id) implements Origin {
    @Override
    public String toString() {
      return "exchange:" + id;
    }
  }

  /// A file that somebody brought.
  record File(String name) implements Origin {
    @Override
    public String toString() {
      return "file:" + name;
    }
  }

  /// The base model itself.
  record Replayed() implements Origin {
    @Override
    public String toString() {
      return "base";
    }
  }

  /// Reads the written form.
  ///
  /// @throws InvalidRequest where it is none
  static Origin parse(String written) {
    if (written.equals("base")) {
      return new Replayed();
    }
    int colon = written.indexOf(':');
    String rest = written.substring(colon + 1);
    if (colon > 0 && !rest.isBlank()) {
      switch (written.substring(0, colon)) {
        case "document" -> {
          return new Document(rest);
        }
        case "exchange" -> {
          return new Exchange(rest);
        }
        case "file" -> {
          return new File(rest);
        }
        default -> {}
      }
    }
    throw new InvalidRequest(
        "An origin is document:ID, exchange:ID, file:NAME or base, not \"%s\".".formatted(written),
        "from");
  }
}
