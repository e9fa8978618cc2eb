package dev.freehold.engine.grammar;

import java.util.Arrays;

/// Which tokens may come next.
final class TokenMask {

  private final long[] bits;

  /// The most bytes that one of its tokens leaves to be written at least.
  private int farthest;

  TokenMask(int vocabulary) {
    bits = new long[(vocabulary + 63) / 64];
  }

  void add(int token, int distance) {
    bits[token >> 6] |= 1L << token;
    farthest = Math.max(farthest, distance);
  }

  void addAll(TokenMask tokens, int distance) {
    for (int i = 0; i < bits.length; i++) {
      bits[i] |= tokens.bits[i];
    }
    farthest = Math.max(farthest, distance);
  }

  boolean has(int token) {
    return (bits[token >> 6] & 1L << token) != 0;
  }

  int farthest() {
    return farthest;
  }

  int count() {
    return Arrays.stream(bits).mapToInt(Long::bitCount).sum();
  }

  int bytes() {
    return bits.length * Long.BYTES;
  }

  /// The likeliest of its tokens; 0 where it has none.
  int best(float[] logits) {
    int best = 0;
    float most = Float.NEGATIVE_INFINITY;
    for (int word = 0; word < bits.length; word++) {
      for (long set = bits[word]; set != 0; set &= set - 1) {
        int token = (word << 6) + Long.numberOfTrailingZeros(set);
        if (token < logits.length && logits[token] > most) {
          most = logits[token];
          best = token;
        }
      }
    }
    return best;
  }

  /// Makes all others impossible.
  void apply(float[] logits) {
    for (int word = 0; word < bits.length; word++) {
      long set = bits[word];
      if (set == -1L) {
        continue;
      }
      int first = word << 6;
      int last = Math.min(first + 64, logits.length);
      for (int token = first; token < last; token++) {
        if ((set >>> token & 1) == 0) {
          logits[token] = Float.NEGATIVE_INFINITY;
        }
      }
    }
    for (int token = bits.length << 6; token < logits.length; token++) {
      logits[token] = Float.NEGATIVE_INFINITY;
    }
  }
}
