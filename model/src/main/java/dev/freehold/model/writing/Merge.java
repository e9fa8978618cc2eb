package dev.freehold.model.writing;

import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.Adapter.LowRank;

/// An adapter on its way into a model's weights: `W + scale · (alpha / rank) · B · A`.
///
/// @param adapter the adapter
/// @param scale multiplies what it adds, usually 1
public record Merge(Adapter adapter, float scale) {

  /// Adds to row `number` of matrix `name` what the adapter adds there.
  void add(String name, long number, float[] row) {
    LowRank pair = adapter.pairs().get(name);
    if (pair == null) {
      return;
    }
    float factor = scale * adapter.scale(pair);
    double[] sums = new double[row.length];
    for (int r = 0; r < pair.rank(); r++) {
      double b = pair.b()[(int) number * pair.rank() + r];
      int from = r * row.length;
      for (int k = 0; k < row.length; k++) {
        sums[k] += b * pair.a()[from + k];
      }
    }
    for (int k = 0; k < row.length; k++) {
      row[k] += (float) (factor * sums[k]);
    }
  }
}
