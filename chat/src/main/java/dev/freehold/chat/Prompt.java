package dev.freehold.chat;

import java.util.List;

/// What a model is asked to continue.
public sealed interface Prompt {

  /// A conversation, rendered with the chat template of the model's own file, ending where the
  /// assistant speaks.
  ///
  /// @param messages in order, at least one
  record Conversation(List<Message> messages) implements Prompt {
    public Conversation {
      messages = List.copyOf(messages);
      if (messages.isEmpty()) {
        throw new InvalidRequest("A conversation needs at least one message.", "messages");
      }
    }
  }

  /// Plain text, continued as it stands: no template, no role.
  record Text(String text) implements Prompt {}
}
