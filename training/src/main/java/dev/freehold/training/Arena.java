package dev.freehold.training;

import dev.freehold.tensor.FloatRows;
import org.jspecify.annotations.Nullable;

/// The arrays of a pass, allocated once for the largest: what layers write for each other and use
/// again in the next layer.
final class Arena {

  final int rows;

  /// Normalised hidden states, `[rows, width]`.
  final FloatRows normed;

  /// What a step adds to the hidden states, `[rows, width]`.
  final FloatRows added;

  /// Gradient of what a norm wrote, `[rows, width]`.
  final FloatRows normedBack;

  /// Gradient of the hidden states, `[rows, width]`.
  final FloatRows hiddenBack;

  /// Gradients of queries, keys and values.
  final FloatRows queriesBack;

  final FloatRows keysBack;
  final FloatRows valuesBack;

  /// Gradient of what attention wrote, `[rows, heads · valueSize]`.
  final FloatRows attendedBack;

  /// For each row and head the product of what attention wrote with its gradient.
  final float[] along;

  /// What the network bends, then its gradient, then itself again, `[rows, inner]`.
  final FloatRows inner;

  /// What a pair makes of its inputs, turned round, `[rank, rows]`.
  final float[] inwardTurned;

  private final float[][] rooms = new float[8][0];

  /// @param rows most rows of a pass
  Arena(Machinery machinery, LayerShape shape, int rows, int rank) {
    this.rows = rows;
    normed = machinery.rows(rows, shape.width());
    added = machinery.rows(rows, shape.width());
    normedBack = machinery.rows(rows, shape.width());
    hiddenBack = machinery.rows(rows, shape.width());
    queriesBack = machinery.rows(rows, shape.queryWidth());
    keysBack = machinery.rows(rows, shape.keyWidth());
    valuesBack = machinery.rows(rows, shape.valueWidth());
    attendedBack = machinery.rows(rows, shape.attendedWidth());
    along = array(rows, shape.heads());
    inner = machinery.rows(rows, shape.inner());
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
    final @Nullable FloatRows rawQueries;

    final @Nullable FloatRows rawKeys;

    final FloatRows queries;
    final FloatRows keys;
    final FloatRows values;
    final FloatRows attended;

    /// For each row and head the logarithm of the sum of its exponentials.
    final float[] logSums;

    /// What attention and network gave before a norm, or null where none follows.
    final @Nullable FloatRows attentionOut;

    final @Nullable FloatRows networkOut;

    /// Hidden states between attention and network.
    final FloatRows middle;

    final FloatRows gate;
    final FloatRows up;

    Kept(Machinery machinery, LayerShape shape, int rows) {
      rawQueries = shape.headNorms() ? machinery.rows(rows, shape.queryWidth()) : null;
      rawKeys = shape.headNorms() ? machinery.rows(rows, shape.keyWidth()) : null;
      queries = machinery.rows(rows, shape.queryWidth());
      keys = machinery.rows(rows, shape.keyWidth());
      values = machinery.rows(rows, shape.valueWidth());
      attended = machinery.rows(rows, shape.attendedWidth());
      logSums = array(rows, shape.heads());
      attentionOut = shape.normsAfter() ? machinery.rows(rows, shape.width()) : null;
      networkOut = shape.normsAfter() ? machinery.rows(rows, shape.width()) : null;
      middle = machinery.rows(rows, shape.width());
      gate = machinery.rows(rows, shape.inner());
      up = machinery.rows(rows, shape.inner());
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
