package dev.freehold.model.layer;

/// A normalisation of rows.
public sealed interface Norm permits LayerNorm, RmsNorm {

  /// `y = norm(x)` for each of `rows` rows.
  ///
  /// @param x `[rows, width]`
  /// @param y `[rows, width]`, which may be `x`
  void apply(float[] x, float[] y, int rows, Workspace workspace);
}
