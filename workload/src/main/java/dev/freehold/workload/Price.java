package dev.freehold.workload;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.InvalidRequest;

/// What a model's tokens cost, in any one currency, a million at a time.
///
/// @param prompt of a prompt
/// @param cached of a prompt's part that was in the provider's cache
/// @param completion of an answer
public record Price(double prompt, double cached, double completion) {

  /// Costs nothing.
  public static final Price FREE = new Price(0, 0, 0);

  public Price {
    for (double value : new double[] {prompt, cached, completion}) {
      if (!(value >= 0 && value < 1e9)) {
        throw new InvalidRequest("A price is a number from 0.", "price");
      }
    }
  }

  /// What an answer cost.
  public double of(ChatEvent.Usage usage) {
    int fresh = Math.max(0, usage.promptTokens() - usage.cachedTokens());
    return (fresh * prompt + usage.cachedTokens() * cached + usage.completionTokens() * completion)
        / 1e6;
  }
}
