package dev.freehold.chat;

/// One turn of a conversation.
public sealed interface Message {

  /// The words of this turn, as written; never template markup.
  String text();

  /// What the model is told about its task before anybody speaks.
  record System(String text) implements Message {}

  /// What a person or a program says to the model.
  record User(String text) implements Message {}

  /// What the model answered.
  record Assistant(String text) implements Message {}

  /// The name of the role in chat templates and in the OpenAI API.
  default String role() {
    return switch (this) {
      case System _ -> "system";
      case User _ -> "user";
      case Assistant _ -> "assistant";
    };
  }
}
