package dev.freehold.training;

import org.jspecify.annotations.Nullable;

/// The arrays of a pass, allocated once for the largest: what layers write for each other and use
/// again in the next layer.
final class Arena {

  final int rows;

  /// Normalised hidden states, `[rows, width]`.
  final float[] normed;

  /// What a step adds to the hidden states, `[rows, width]`.
  final float[] added;

  /// Gradient of what a norm wrote, `[rows, width]`.
  final float[] normedBack;

  /// Gradient of the hidden states, `[rows, width]`.
  final float[] hiddenBack;

  /// Gradients of queries, keys and values.
  final float[] queriesBack;

  final float[] keysBack;
  final float[] valuesBack;

  /// Gradient of what attention wrote, `[rows, heads · valueSize]`.
  final float[] attendedBack;

  /// For each row and head the product of what attention wrote with its gradient.
  final float[] along;

  /// What the network bends, then its gradient, then itself again, `[rows, inner]`.
  final float[] inner;

  /// What a pair makes of its inputs, turned round, `[rank, rows]`.
  final float[] inwardTurned;

  private final float[][] rooms = new float[8][0];

  /// @param rows most rows of a pass
  Arena(LayerShape shape, int rows, int rank) {
    this.rows = rows;
    normed = array(rows, shape.width());
    added = array(rows, shape.width());
    normedBack = array(rows, shape.width());
    hiddenBack = array(rows, shape.width());
    queriesBack = array(rows, shape.queryWidth());
    keysBack = array(rows, shape.keyWidth());
    valuesBack = array(rows, shape.valueWidth());
    attendedBack = array(rows, shape.attendedWidth());
    along = array(rows, shape.heads());
    inner = array(rows, shape.inner());
    inwardTurned = array(rows, rank);
  }

  /// Bytes that one holds.
  static long bytes(LayerShape shape, long rows, int rank) {
    long numbers =
        4L * shape.width()
            + shape.queryWidth()
            + shape.keyWidth()
            + shape.valueWidth()
            + shape.attendedWidth()
            + shape.heads()
            + shape.inner()
            + rank;
    return rows * numbers * Float.BYTES;
  }

  /// At least `size` numbers under `number`, for what only some models have.
  float[] room(int number, int size) {
    if (rooms[number].length < size) {
      rooms[number] = new float[size];
    }
    return rooms[number];
  }

  static float[] array(int rows, int width) {
    return new float[Math.multiplyExact(rows, width)];
  }

  /// A width that whole vectors fill.
  static int padded(int width) {
    return Math.ceilDiv(width, 16) * 16;
  }

  /// What the widths of a layer's arrays follow from.
  ///
  /// @param inner width of the feed-forward network, 0 where experts stand in its place
  record LayerShape(
      int width,
      int heads,
      int queryWidth,
      int keyWidth,
      int valueWidth,
      int attendedWidth,
      int inner,
      boolean headNorms,
      boolean normsAfter) {}

  /// What one layer wrote on the way forward and needs on the way back.
  static final class Kept {
    /// Queries and keys before their heads were normalised, or null where they are not.
    final float @Nullable [] rawQueries;

    final float @Nullable [] rawKeys;

    final float[] queries;
    final float[] keys;
    final float[] values;
    final float[] attended;

    /// For each row and head the logarithm of the sum of its exponentials.
    final float[] logSums;

    /// What attention and network gave before a norm, or null where none follows.
    final float @Nullable [] attentionOut;

    final float @Nullable [] networkOut;

    /// Hidden states between attention and network.
    final float[] middle;

    final float[] gate;
    final float[] up;

    Kept(LayerShape shape, int rows) {
      rawQueries = shape.headNorms() ? array(rows, shape.queryWidth()) : null;
      rawKeys = shape.headNorms() ? array(rows, shape.keyWidth()) : null;
      queries = array(rows, shape.queryWidth());
      keys = array(rows, shape.keyWidth());
      values = array(rows, shape.valueWidth());
      attended = array(rows, shape.attendedWidth());
      logSums = array(rows, shape.heads());
      attentionOut = shape.normsAfter() ? array(rows, shape.width()) : null;
      networkOut = shape.normsAfter() ? array(rows, shape.width()) : null;
      middle = array(rows, shape.width());
      gate = array(rows, shape.inner());
      up = array(rows, shape.inner());
    }

    /// Bytes that one holds.
    static long bytes(LayerShape shape, long rows) {
      long numbers =
          (shape.headNorms() ? 2L : 1L) * (shape.queryWidth() + shape.keyWidth())
              + shape.valueWidth()
              + shape.attendedWidth()
              + shape.heads()
              + (shape.normsAfter() ? 3L : 1L) * shape.width()
              + 2L * shape.inner();
      return rows * numbers * Float.BYTES;
    }
  }
}
