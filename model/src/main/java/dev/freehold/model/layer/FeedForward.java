package dev.freehold.model.layer;

import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.Kernels.Activation;

/// A gated feed-forward network (Shazeer, arXiv 2002.05202): `down(activation(gate(x)) · up(x))`.
///
/// @param gate `[feedForwardLength, embeddingLength]`
/// @param up `[feedForwardLength, embeddingLength]`
/// @param down `[embeddingLength, feedForwardLength]`
/// @param activation bends the gate
public record FeedForward(Linear gate, Linear up, Linear down, Activation activation)
    implements PositionWise {

  @Override
  public void apply(float[] x, float[] y, int rows, Workspace workspace) {
    int width = down.weight().rows();
    int inner = down.weight().columns();
    float[] gates = workspace.gate.of(rows * inner);
    float[] ups = workspace.up.of(rows * inner);
    workspace.multiply(x, rows, gate.product(gates, inner), up.product(ups, inner));
    workspace.eachRow(
        rows,
        4,
        row -> {
          gate.addBias(gates, row, workspace);
          up.addBias(ups, row, workspace);
          workspace.kernels.gate(activation, gates, ups, row * inner, inner);
        });
    workspace.multiply(gates, rows, down.product(y, width));
    workspace.eachRow(rows, 8, row -> down.addBias(y, row, workspace));
  }
}
