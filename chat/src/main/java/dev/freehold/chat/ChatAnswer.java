package dev.freehold.chat;

import java.util.List;

/// A whole answer.
///
/// @param text what the model said
/// @param reason why it ended
/// @param usage what it took
/// @param logprobs one entry a token where the request asked for them
public record ChatAnswer(
    String text,
    ChatEvent.FinishReason reason,
    ChatEvent.Usage usage,
    List<ChatEvent.TokenLogprob> logprobs) {
  public ChatAnswer {
    logprobs = List.copyOf(logprobs);
  }
}
