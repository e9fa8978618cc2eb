package dev.freehold.training;

import java.util.List;

/// Sequences side by side that go through the layers together. None sees another: each has its own
/// positions from 0, and attention ends where a sequence does.
///
/// @param tokens of all sequences, one after the other
/// @param starts where each begins, and one past the end of the last
/// @param predicting rows whose next token is learnt
/// @param targets those next tokens
/// @param owners the sequence of each predicting row
/// @param kept for each sequence whether it is to stay what it is to the base
record Packed(
    int[] tokens, int[] starts, int[] predicting, int[] targets, int[] owners, boolean[] kept) {

  static Packed of(List<Example> sequences) {
    int total = sequences.stream().mapToInt(sequence -> sequence.tokens().length).sum();
    int learnt = sequences.stream().mapToInt(Example::learnt).sum();
    int[] tokens = new int[total];
    int[] starts = new int[sequences.size() + 1];
    int[] predicting = new int[learnt];
    int[] targets = new int[learnt];
    int[] owners = new int[learnt];
    boolean[] kept = new boolean[sequences.size()];
    int at = 0;
    int found = 0;
    for (int s = 0; s < sequences.size(); s++) {
      Example sequence = sequences.get(s);
      System.arraycopy(sequence.tokens(), 0, tokens, at, sequence.tokens().length);
      for (int i = 1; i < sequence.tokens().length; i++) {
        if (sequence.trained()[i]) {
          predicting[found] = at + i - 1;
          targets[found] = sequence.tokens()[i];
          owners[found++] = s;
        }
      }
      kept[s] = sequence.kept();
      at += sequence.tokens().length;
      starts[s + 1] = at;
    }
    return new Packed(tokens, starts, predicting, targets, owners, kept);
  }

  /// Whether a predicting row is held to the base.
  boolean isKept(int row) {
    return kept[owners[row]];
  }

  /// Tokens of all sequences.
  int rows() {
    return tokens.length;
  }

  int sequences() {
    return starts.length - 1;
  }

  int length(int sequence) {
    return starts[sequence + 1] - starts[sequence];
  }

  int longest() {
    int longest = 0;
    for (int s = 0; s < sequences(); s++) {
      longest = Math.max(longest, length(s));
    }
    return longest;
  }
}
