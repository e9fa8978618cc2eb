package dev.freehold.engine;

import dev.freehold.chat.ChatEvent;
import dev.freehold.model.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Tokens as they are told with their log-probabilities.
///
/// @param tokenizer knows their texts
/// @param top how many of the likeliest are told beside each
record TokenLogprobs(Tokenizer tokenizer, int top) {

  /// A token with the likeliest beside it.
  ChatEvent.TokenLogprob of(int token, LogProbabilities unmodified) {
    List<ChatEvent.TokenLogprob> likeliest = new ArrayList<>();
    for (int candidate : unmodified.best(top)) {
      likeliest.add(entry(candidate, unmodified.of(candidate), List.of()));
    }
    return entry(token, unmodified.of(token), likeliest);
  }

  /// A token that nothing stands before.
  ChatEvent.TokenLogprob first(int token) {
    return entry(token, Double.NaN, List.of());
  }

  private ChatEvent.TokenLogprob entry(
      int token, double logprob, List<ChatEvent.TokenLogprob> likeliest) {
    byte[] bytes = tokenizer.bytes(token);
    String shown =
        tokenizer.vocabulary().isControl(token)
            ? tokenizer.vocabulary().text(token)
            : new String(bytes, StandardCharsets.UTF_8);
    return new ChatEvent.TokenLogprob(shown, bytes, logprob, likeliest);
  }
}
