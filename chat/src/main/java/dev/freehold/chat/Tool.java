package dev.freehold.chat;

import java.util.regex.Pattern;

/// A function that the caller offers and the model may ask to be called. Nothing here calls it.
///
/// @param name letters, digits, `_`, `-` and `.`, at most 64
/// @param description what it does and when to call it, for the model to read; may be empty
/// @param parameters JSON Schema of its arguments, as the text of a JSON object
/// @param strict whether arguments must satisfy the schema to the letter
public record Tool(String name, String description, String parameters, boolean strict) {

  /// The schema of a function without parameters.
  public static final String NO_PARAMETERS = "{\"type\":\"object\",\"properties\":{}}";

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,64}");

  public Tool {
    if (!NAME.matcher(name).matches()) {
      throw new InvalidRequest(
          "A function's name is 1 to 64 letters, digits, '_', '-' or '.'.", "tools");
    }
  }
}
