package dev.freehold.teaching.exam;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Prompt;
import java.util.Optional;

/// An answer that is never learned, to what is like the lessons: how likely a model finds it before
/// and after shows whether it took in more than their words.
///
/// @param id unique among those of its exam
/// @param conversation which conversation it is from; what is of one conversation counts as one
/// @param prompt what is said before it
/// @param answer the answer; of a pair the preferred one
/// @param other the other answer of a pair
public record HeldAnswer(
    String id, String conversation, Prompt prompt, String answer, Optional<String> other) {

  public HeldAnswer {
    if (answer.isBlank() || other.map(String::isBlank).orElse(false)) {
      throw new InvalidRequest("An answer that is held out needs words.", "messages");
    }
  }
}
