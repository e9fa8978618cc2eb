package dev.freehold.model;

import dev.freehold.tensor.Kernels;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The head of a cross-encoder: how well a passage answers a question, from the hidden states of
/// both read together (Nogueira and Cho, arXiv 1901.04085). Immutable and safe for use by many
/// threads.
///
/// @param pooling which hidden state it reads
/// @param dense a layer before the last, or none
/// @param output `[labels, embeddingLength]`: one label, or two of which the first is yes
/// @param bias `[labels]`
public record Classifier(Pooling pooling, Optional<Dense> dense, float[] output, float[] bias) {

  /// A layer between the hidden state and the labels.
  ///
  /// @param weight `[embeddingLength, embeddingLength]`
  /// @param bias `[embeddingLength]`
  /// @param bend what its numbers are bent with
  /// @param norm normalisation after it, or null
  public record Dense(float[] weight, float[] bias, Bend bend, @Nullable Norm norm) {}

  /// What a layer of a head bends its numbers with.
  public enum Bend {
    /// Hyperbolic tangent.
    TANH,
    /// `x · Φ(x)`, exactly.
    GELU
  }

  /// Layer normalisation without a bias.
  ///
  /// @param weight `[embeddingLength]`
  /// @param epsilon added to the variance
  public record Norm(float[] weight, float epsilon) {}

  /// What the head says of each label.
  ///
  /// @param pooled the hidden state that [#pooling] gives
  public float[] logits(float[] pooled) {
    float[] x = dense.map(layer -> through(layer, pooled)).orElse(pooled);
    return affine(output, bias, x);
  }

  /// The relevance that the head says, between 0 and 1: the sigmoid of its one number, or the share
  /// of yes.
  ///
  /// @param pooled the hidden state that [#pooling] gives
  public double relevance(float[] pooled) {
    float[] logits = logits(pooled);
    double lead = logits.length == 1 ? logits[0] : (double) logits[0] - logits[1];
    return 1 / (1 + Math.exp(-lead));
  }

  private static float[] through(Dense layer, float[] x) {
    float[] y = affine(layer.weight, layer.bias, x);
    switch (layer.bend) {
      case TANH -> {
        for (int i = 0; i < y.length; i++) {
          y[i] = (float) Math.tanh(y[i]);
        }
      }
      case GELU -> Kernels.create().activate(Kernels.Activation.GELU, y, 0, y.length);
    }
    Norm norm = layer.norm;
    if (norm != null) {
      float[] zero = new float[y.length];
      Kernels.create().layerNorm(y, 0, norm.weight, zero, norm.epsilon, y, 0);
    }
    return y;
  }

  private static float[] affine(float[] weight, float[] bias, float[] x) {
    float[] y = new float[bias.length];
    for (int row = 0; row < y.length; row++) {
      double sum = bias[row];
      for (int i = 0; i < x.length; i++) {
        sum += (double) weight[row * x.length + i] * x[i];
      }
      y[row] = (float) sum;
    }
    return y;
  }
}
