package dev.freehold.store;

import dev.freehold.chat.InvalidRequest;
import java.util.Locale;
import java.util.regex.Pattern;

/// A tag: the name people and clients use for a model.
///
/// @param value lower-case letters, digits, `.`, `_` and `-`, at most 80, starting with a letter or
///   a digit: always one plain file name, on every file system
public record Name(String value) {

  private static final Pattern ALLOWED = Pattern.compile("[a-z0-9][a-z0-9._-]{0,79}");

  public Name {
    if (!ALLOWED.matcher(value).matches()) {
      throw new InvalidRequest(
          ("A model's name has up to 80 lower-case letters, digits, '.', '_' or '-' and starts with"
                  + " a letter or digit; \"%s\" is none.")
              .formatted(value.length() > 90 ? value.substring(0, 90) + "…" : value),
          "name");
    }
  }

  /// The name a file suggests: its last path segment without `.gguf`.
  static Name ofFile(String file) {
    String last = file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    String lower = last.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".gguf")) {
      lower = lower.substring(0, lower.length() - ".gguf".length());
    }
    String plain = lower.replaceAll("[^a-z0-9._-]+", "-").replaceAll("^[._-]+", "");
    plain = plain.length() > 80 ? plain.substring(0, 80) : plain;
    return new Name(plain.isEmpty() ? "model" : plain);
  }

  @Override
  public String toString() {
    return value;
  }
}
