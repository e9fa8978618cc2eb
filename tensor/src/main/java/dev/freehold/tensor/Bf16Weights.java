package dev.freehold.tensor;

import dev.freehold.tensor.Bf16Kernels.Rows;
import java.util.Arrays;

/// Turns quantised panels into bf16 ones. Belongs to one thread.
final class Bf16Weights {

  // Columns that become floats at once: they stay in the nearest cache.
  private static final int AT_ONCE = 256;

  private final Bf16Kernels kernels;
  private final Scratch scratch;
  private final float[] weights = new float[AT_ONCE * Panels.ROWS];

  /// @param scratch of the same thread
  Bf16Weights(Bf16Kernels kernels, Scratch scratch) {
    this.kernels = kernels;
    this.scratch = scratch;
  }

  /// What is done to some columns of a panel.
  private interface Columns {
    /// @param from first column, counted from where it began
    void take(FloatRows w, int from, int count);
  }

  /// Lays columns of one panel out for products with inputs.
  void straight(PackedMatrix matrix, int panel, int from, int to, Rows target) {
    each(
        matrix.panels(),
        panel,
        from,
        to,
        2 * Bf16Kernels.PAIRS,
        (w, k, count) -> {
          long at = target.at() + k / 2 * (long) Bf16Kernels.PAIR;
          kernels.pairRows(w, Bf16Layouts.pairs(count), 1, target.segment(), at, target.stride());
        });
  }

  /// Lays one panel out for products with gradients, sixteen of its columns to a panel of `target`.
  void turned(PackedMatrix matrix, int panel, Rows target) {
    each(
        matrix.panels(),
        panel,
        0,
        matrix.columns(),
        Panels.ROWS,
        (w, k, count) -> {
          Rows place = target.from(k / Panels.ROWS, 0);
          int panels = Bf16Tiles.panels(count);
          kernels.pairColumns(w, panels, place.segment(), place.at(), place.stride());
        });
  }

  /// Gives `task` columns as floats, filled up with zeros to a multiple of `unit`.
  private void each(Panels panels, int panel, int from, int to, int unit, Columns task) {
    float[] scale = scratch.scale(0, panels.scaleCount());
    float[] offset = scratch.offset(0, panels.scaleCount());
    panels.scales(panel, scale, offset);
    for (int k = from; k < to; k += AT_ONCE) {
      int count = Math.min(to - k, AT_ONCE);
      if (Lanes.USABLE) {
        panels.dequantize(panel, k, k + count, scale, offset, weights, 0);
      } else {
        panels.dequantizeScalar(panel, k, k + count, scale, offset, weights, 0);
      }
      int end = Bf16Layouts.whole(count, unit) * Panels.ROWS;
      Arrays.fill(weights, count * Panels.ROWS, end, 0);
      task.take(FloatRows.of(weights, Panels.ROWS), k - from, count);
    }
  }
}
