package dev.freehold.model.layer;

/// Root-mean-square normalisation (Zhang and Sennrich, arXiv 1910.07467).
///
/// @param weight `[embeddingLength]`
/// @param epsilon added to the mean square
public record RmsNorm(float[] weight, float epsilon) {

  /// `y = norm(x)` for each of `rows` rows.
  ///
  /// @param x `[rows, weight.length]`
  /// @param y `[rows, weight.length]`, which may be `x`
  public void apply(float[] x, float[] y, int rows, Workspace workspace) {
    int width = weight.length;
    workspace.eachRow(
        rows, 8, row -> workspace.kernels.rmsNorm(x, row * width, weight, epsilon, y, row * width));
  }

  /// Normalises each of `heads` heads that follow each other from `x[start]`, in place.
  void applyToHeads(float[] x, int start, int heads, Workspace workspace) {
    int size = weight.length;
    for (int h = 0; h < heads; h++) {
      workspace.kernels.rmsNorm(x, start + h * size, weight, epsilon, x, start + h * size);
    }
  }
}
