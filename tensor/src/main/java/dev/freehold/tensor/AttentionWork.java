package dev.freehold.tensor;

import org.jspecify.annotations.Nullable;

/// What one attention works on: the queries of one sequence in one layer, and its cache.
///
/// Keys and values lie in blocks of [#BLOCK] positions. In a block the keys of head `h` begin at `h
/// · headSize · BLOCK`; [#LANES] positions lie side by side, so that position `p` of the block has
/// its number `d` at `(p / LANES · headSize + d) · LANES + p % LANES`. The values of head `h` begin
/// at `h · valueStride · BLOCK`, position after position, each in [#valueStride(int)] numbers of
/// which those past the value are zero. Blocks that no query sees are never touched.
///
/// @param q queries, `[rows, heads, headSize]` from `qStart`
/// @param output results, `[rows, heads, valueSize]` from `outputStart`
/// @param keys blocks of keys, the queries' own positions included
/// @param values blocks of values
/// @param position position of the first query row
/// @param length positions that have keys and values
/// @param scoring how a query weighs the positions it sees
public record AttentionWork(
    float[] q,
    int qStart,
    float[] output,
    int outputStart,
    float[][] keys,
    float[][] values,
    int position,
    int length,
    int heads,
    int kvHeads,
    int headSize,
    int valueSize,
    Scoring scoring) {

  /// Positions in a block of keys or values.
  public static final int BLOCK = 64;

  /// Positions whose keys lie side by side.
  public static final int LANES = 16;

  /// Rows of queries computed together.
  static final int TILE = 8;

  /// How a query weighs the positions it sees.
  ///
  /// @param scale multiplies each dot product
  /// @param softCap scores are bent into ±`softCap` by `softCap · tanh(score / softCap)`; 0 leaves
  ///   them as they are
  /// @param sinks for each query head a score that takes its share of the softmax and has no value
  ///   (Xiao et al., arXiv 2309.17453, learnt as in gpt-oss), or null
  /// @param before how many positions before its own a query sees; [Integer#MAX_VALUE] is all
  /// @param after how many after its own; 0 is causal, [Integer#MAX_VALUE] is all
  public record Scoring(
      float scale, float softCap, float @Nullable [] sinks, int before, int after) {

    /// Causal attention on everything before.
    public static Scoring causal(float scale) {
      return new Scoring(scale, 0, null, Integer.MAX_VALUE, 0);
    }

    /// The same for queries that see `positions` positions, their own counted; 0 is all.
    public Scoring withWindow(int positions) {
      int seen = positions == 0 ? Integer.MAX_VALUE : positions - 1;
      return new Scoring(scale, softCap, sinks, seen, after);
    }

    /// The same with scores bent into ±`cap`; 0 is none.
    public Scoring withSoftCap(float cap) {
      return new Scoring(scale, cap, sinks, before, after);
    }

    /// The same with a sink for each query head.
    public Scoring withSinks(float[] scores) {
      return new Scoring(scale, softCap, scores, before, after);
    }
  }

  /// Numbers from one value to the next: whole pairs of the largest vectors.
  public static int valueStride(int valueSize) {
    return Math.ceilDiv(valueSize, 32) * 32;
  }

  /// Numbers of scratch that a call needs.
  public int scratch() {
    int scores = Math.ceilDiv(length, BLOCK) * BLOCK; // the scalar kernel's
    return Math.max(scores, TILE * (headSize + BLOCK + valueStride(valueSize) + 2));
  }

  int group() {
    return heads / kvHeads;
  }

  /// The first position that query row `row` sees.
  int first(int row) {
    return Math.max(0, position + row - scoring.before);
  }

  /// One past the last position that query row `row` sees.
  int end(int row) {
    return (int) Math.min(length, position + row + 1L + scoring.after);
  }
}
