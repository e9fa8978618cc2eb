package dev.freehold.model.layer;

/// Layer normalisation (Ba et al., arXiv 1607.06450).
///
/// @param weight `[embeddingLength]`
/// @param bias `[embeddingLength]`
/// @param epsilon added to the variance
public record LayerNorm(float[] weight, float[] bias, float epsilon) implements Norm {

  @Override
  public void apply(float[] x, float[] y, int rows, Workspace workspace) {
    int width = weight.length;
    workspace.eachRow(
        rows,
        8,
        row -> workspace.kernels.layerNorm(x, row * width, weight, bias, epsilon, y, row * width));
  }
}
