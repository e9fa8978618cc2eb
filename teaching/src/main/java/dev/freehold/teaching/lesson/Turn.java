package dev.freehold.teaching.lesson;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;

/// One turn of a conversation to learn from.
///
/// @param message what is said
/// @param trained whether the model learns to say it; only what an assistant says can be learned
public record Turn(Message message, boolean trained) {

  public Turn {
    if (trained && !(message instanceof Message.Assistant)) {
      throw new InvalidRequest("Only what an assistant says can be learned.", "weight");
    }
  }

  /// A turn of which an assistant's words are learned.
  public static Turn of(Message message) {
    return new Turn(message, message instanceof Message.Assistant);
  }
}
