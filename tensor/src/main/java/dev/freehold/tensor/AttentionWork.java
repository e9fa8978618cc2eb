package dev.freehold.tensor;

/// What one causal attention works on: the queries of one sequence in one layer, and its cache.
///
/// Keys and values lie in blocks of [#BLOCK] positions. In a block the keys of head `h` begin at `h
/// · headSize · BLOCK`; [#LANES] positions lie side by side, so that position `p` of the block has
/// its number `d` at `(p / LANES · headSize + d) · LANES + p % LANES`. The values of head `h` begin
/// at `h · valueStride · BLOCK`, position after position, each in [#valueStride(int)] numbers of
/// which those past the value are zero.
///
/// @param q queries, `[rows, heads, headSize]` from `qStart`
/// @param output results, `[rows, heads, valueSize]` from `outputStart`
/// @param keys blocks of keys, the queries' own positions included
/// @param values blocks of values
/// @param position position of the first query row; row `i` sees positions up to `position + i`
/// @param scale multiplies each dot product
public record AttentionWork(
    float[] q,
    int qStart,
    float[] output,
    int outputStart,
    float[][] keys,
    float[][] values,
    int position,
    int heads,
    int kvHeads,
    int headSize,
    int valueSize,
    float scale) {

  /// Positions in a block of keys or values.
  public static final int BLOCK = 64;

  /// Positions whose keys lie side by side.
  public static final int LANES = 16;

  /// Rows of queries computed together.
  static final int TILE = 8;

  /// Numbers from one value to the next: whole pairs of the largest vectors.
  public static int valueStride(int valueSize) {
    return Math.ceilDiv(valueSize, 32) * 32;
  }

  /// Numbers of scratch that a call whose last query row is `rows − 1` needs.
  public int scratch(int rows) {
    int scores = Math.ceilDiv(position + rows, BLOCK) * BLOCK; // the scalar kernel's
    return Math.max(scores, TILE * (headSize + BLOCK + valueStride(valueSize) + 2));
  }

  int group() {
    return heads / kvHeads;
  }
}
