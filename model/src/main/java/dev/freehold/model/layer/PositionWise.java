package dev.freehold.model.layer;

/// A network that each row goes through by itself, and so an expert of a mixture.
public sealed interface PositionWise extends Mixer permits FeedForward, Perceptron {

  @Override
  default void apply(float[] x, float[] y, Rows rows, int layer, Workspace workspace) {
    apply(x, y, rows.count(), workspace);
  }

  /// Writes the results of `rows` rows of `x` to `y`.
  void apply(float[] x, float[] y, int rows, Workspace workspace);
}
