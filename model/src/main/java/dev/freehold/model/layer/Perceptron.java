package dev.freehold.model.layer;

import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.Kernels.Activation;

/// A feed-forward network without a gate: `down(activation(up(x)))`.
///
/// @param up `[feedForwardLength, embeddingLength]`
/// @param down `[embeddingLength, feedForwardLength]`
/// @param activation bends what lies between
public record Perceptron(Linear up, Linear down, Activation activation) implements PositionWise {

  @Override
  public void apply(float[] x, float[] y, int count, Workspace workspace) {
    int inner = up.weight().rows();
    float[] between = workspace.up.of(count * inner);
    workspace.multiply(x, count, up.product(between, inner));
    workspace.eachRow(
        count,
        4,
        row -> {
          up.addBias(between, row, workspace);
          workspace.kernels.activate(activation, between, row * inner, inner);
        });
    workspace.multiply(between, count, down.product(y, down.weight().rows()));
    workspace.eachRow(count, 8, row -> down.addBias(y, row, workspace));
  }
}
