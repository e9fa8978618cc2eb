package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.FeedForward;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.List;

/// Architecture `phi3`: Phi-3, Phi-3.5 and Phi-4 (arXiv 2404.14219). Queries, keys and values lie
/// in one tensor, gate and upward projection in another; long windows divide the rotary frequencies
/// by factors of the file.
final class Phi3 {

  private Phi3() {}

  static Stack read(Parts parts) {
    RotaryEmbedding rotary = parts.rotary().read(RotaryStyle.HALVES);
    int window = parts.keys().integer("attention.sliding_window", 0);
    return parts.stack(layer -> {
      String at = block(layer);
      Attention attention = parts.attention(at, rotary);
      return List.of(
          parts.step(
              at, "attn_norm", attention.withScoring(attention.scoring().withWindow(window))),
          parts.step(at, "ffn_norm", feedForward(parts, at)));
    });
  }

  private static FeedForward feedForward(Parts parts, String at) {
    int width = parts.shape().embeddingLength();
    int inner = parts.shape().feedForwardLength();
    List<Linear> gateAndUp = parts.weights().stacked(at + "ffn_up", width, inner, inner);
    Linear down = parts.weights().linear(at + "ffn_down", inner, width);
    return new FeedForward(gateAndUp.get(0), gateAndUp.get(1), down, Activation.SILU);
  }
}
