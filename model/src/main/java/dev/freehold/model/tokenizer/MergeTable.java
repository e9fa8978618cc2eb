package dev.freehold.model.tokenizer;

import java.util.Arrays;

/// The merges of a byte-pair vocabulary: a pair of tokens to its rank and to the token it becomes.
/// An open-addressed table, since there are hundreds of thousands.
final class MergeTable {

  private static final long FREE = -1;

  private final long[] pairs;
  private final int[] ranks;
  private final int[] merged;

  MergeTable(int count) {
    int capacity = Integer.highestOneBit(Math.max(16, count * 2 - 1)) * 2;
    pairs = new long[capacity];
    Arrays.fill(pairs, FREE);
    ranks = new int[capacity];
    merged = new int[capacity];
  }

  /// Adds a merge; of two for the same pair the first stays.
  void add(int left, int right, int rank, int token) {
    long pair = ((long) left << 32) | right;
    int slot = slot(pair);
    if (pairs[slot] == FREE) {
      pairs[slot] = pair;
      ranks[slot] = rank;
      merged[slot] = token;
    }
  }

  /// The pair's rank, or -1 where it is never merged.
  int rank(int left, int right) {
    int slot = slot(((long) left << 32) | right);
    return pairs[slot] == FREE ? -1 : ranks[slot];
  }

  /// What the pair becomes; only for pairs with a rank.
  int merged(int left, int right) {
    return merged[slot(((long) left << 32) | right)];
  }

  private int slot(long pair) {
    long hash = pair * 0x9E3779B97F4A7C15L;
    int slot = (int) (hash >>> 32) & (pairs.length - 1);
    while (pairs[slot] != FREE && pairs[slot] != pair) {
      slot = (slot + 1) & (pairs.length - 1);
    }
    return slot;
  }
}
