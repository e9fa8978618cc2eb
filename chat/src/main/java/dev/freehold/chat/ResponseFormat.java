package dev.freehold.chat;

import java.util.List;

/// What form an answer must have. It is enforced while the answer is written, token by token, not
/// asked for and checked.
public sealed interface ResponseFormat {

  /// No form but what the model gives it.
  ResponseFormat FREE = new Free();

  /// No form but what the model gives it.
  record Free() implements ResponseFormat {}

  /// Any JSON object.
  record JsonObject() implements ResponseFormat {}

  /// JSON that a schema admits.
  ///
  /// @param name what the caller calls it
  /// @param schema JSON Schema, as text
  record JsonSchema(String name, String schema) implements ResponseFormat {}

  /// A text that a regular expression (ECMA-262) matches as a whole.
  record Regex(String expression) implements ResponseFormat {}

  /// One of these texts.
  record OneOf(List<String> texts) implements ResponseFormat {
    public OneOf {
      texts = List.copyOf(texts);
    }
  }

  /// A text of a grammar in GBNF, the format of llama.cpp.
  record Gbnf(String grammar) implements ResponseFormat {}

  /// As JSON: what OpenAI's `response_format` holds, and beside its types `regex`, `choice` and
  /// `grammar`; empty for no form.
  static String json(ResponseFormat format) {
    return FormatText.of(format);
  }
}
