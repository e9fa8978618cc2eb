package dev.freehold.chat;

import java.util.List;

/// One turn of a conversation.
public sealed interface Message {

  /// The words of this turn, as written; never template markup.
  String text();

  /// What the model is told about its task before anybody speaks.
  record System(String text) implements Message {}

  /// What a person or a program says to the model.
  record User(String text) implements Message {}

  /// What the model answered.
  ///
  /// @param text what it said; may be empty where it called tools
  /// @param reasoning what it thought before; empty where it did not or nobody kept it
  /// @param toolCalls the tools it wants called, in order
  record Assistant(String text, String reasoning, List<ToolCall> toolCalls) implements Message {
    public Assistant {
      toolCalls = List.copyOf(toolCalls);
    }

    /// An answer of words only.
    public Assistant(String text) {
      this(text, "", List.of());
    }
  }

  /// What a tool returned.
  ///
  /// @param callId the [ToolCall] it answers
  /// @param text the result
  record Tool(String callId, String text) implements Message {}

  /// The name of the role in chat templates and in the OpenAI API.
  default String role() {
    return switch (this) {
      case System _ -> "system";
      case User _ -> "user";
      case Assistant _ -> "assistant";
      case Tool _ -> "tool";
    };
  }
}
