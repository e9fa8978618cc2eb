package dev.freehold.model.layer;

import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.Matrix;

/// A gated feed-forward block, SwiGLU (Shazeer, arXiv 2002.05202): `hidden +=
/// down(silu(gate(norm(hidden))) · up(norm(hidden)))`.
///
/// @param norm normalisation before it
/// @param gate `[feedForwardLength, embeddingLength]`
/// @param up `[feedForwardLength, embeddingLength]`
/// @param down `[embeddingLength, feedForwardLength]`
public record FeedForward(RmsNorm norm, Linear gate, Linear up, Linear down) {

  /// Adds the block's results to `hidden`, `[rows, embeddingLength]`.
  public void apply(float[] hidden, int rows, Workspace workspace) {
    int width = down.weight().rows();
    int inner = down.weight().columns();
    float[] normed = workspace.normed.of(rows * width);
    float[] gates = workspace.gate.of(rows * inner);
    float[] ups = workspace.up.of(rows * inner);
    float[] added = workspace.added.of(rows * width);
    norm.apply(hidden, normed, rows, workspace);
    Matrix.multiply(
        workspace.workers, normed, rows, gate.product(gates, inner), up.product(ups, inner));
    workspace.eachRow(
        rows,
        4,
        row -> {
          gate.addBias(gates, row, workspace);
          up.addBias(ups, row, workspace);
          workspace.kernels.swiGlu(gates, ups, row * inner, inner);
        });
    Matrix.multiply(workspace.workers, gates, rows, down.product(added, width));
    workspace.eachRow(
        rows,
        8,
        row -> {
          down.addBias(added, row, workspace);
          workspace.kernels.add(hidden, row * width, added, row * width, width);
        });
  }
}
