package dev.freehold.engine;

import dev.freehold.chat.Sampling;
import java.util.HashMap;
import java.util.Map;

/// Makes tokens less likely that would lengthen a sequence which occurred before, as llama.cpp does
/// after p-e-w's and Koboldcpp's definition. The lengths of all repetitions are found in one pass
/// by the Z algorithm (Gusfield, 1997).
final class DryPenalty {

  /// The logarithm of the largest float.
  private static final double LARGEST = 88.7228391;

  private final Sampling.Dry dry;
  private final SequenceBreakers breakers;

  DryPenalty(Sampling.Dry dry, SequenceBreakers breakers) {
    this.dry = dry;
    this.breakers = breakers;
  }

  /// @param lately the tokens so far, the last one first
  /// @param count how many of them
  void apply(float[] logits, int[] lately, int count) {
    if (count <= dry.allowedLength()) {
      return;
    }
    int limit = breakers.reach(lately, count);
    if (limit < dry.allowedLength()) {
      return;
    }
    Map<Integer, Integer> longest = new HashMap<>();
    int[] repeats = repeats(lately, count);
    for (int back = 1; back < count; back++) {
      int length = Math.min(repeats[back], limit);
      if (length >= dry.allowedLength()) {
        longest.merge(lately[back - 1], length, Math::max);
      }
    }
    double largest = dry.base() > 1.000001 ? Math.floor(LARGEST / Math.log(dry.base())) : 0;
    longest.forEach((token, length) -> {
      if (!breakers.isBreaker(token)) {
        double exponent = length - dry.allowedLength();
        if (largest > 0) {
          exponent = Math.min(exponent, largest);
        }
        logits[token] -= (float) (dry.multiplier() * Math.pow(dry.base(), exponent));
      }
    });
  }

  /// For each place how many tokens from there on equal those from the beginning on.
  private static int[] repeats(int[] tokens, int count) {
    int[] repeats = new int[count];
    int left = 0;
    int right = 0;
    for (int at = 1; at < count; at++) {
      int length = at < right ? Math.min(right - at, repeats[at - left]) : 0;
      while (at + length < count && tokens[length] == tokens[at + length]) {
        length++;
      }
      repeats[at] = length;
      if (at + length > right) {
        left = at;
        right = at + length;
      }
    }
    return repeats;
  }
}
