package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Routing;
import dev.freehold.tensor.AttentionWork.Scoring;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.List;

/// Architecture `gpt-oss` (OpenAI, arXiv 2508.10925): experts behind a clamped gate, biases
/// everywhere, every other layer sees a window, and each head has a sink that may take attention
/// away from all positions.
final class GptOss {

  private GptOss() {}

  static Stack read(Parts parts) {
    Hyperparameters keys = parts.keys();
    RotaryEmbedding rotary = parts.rotary().withFractionalTurns().read(RotaryStyle.HALVES);
    boolean[] windowed = keys.windowed(parts.shape().layers(), 2);
    int window = keys.positive("attention.sliding_window");
    int inner = keys.positive("expert_feed_forward_length");
    Routing routing =
        new Routing(parts.expertsUsed(), Routing.Gating.SOFTMAX_OF_CHOSEN, true, 1, null, 1, 1);
    return parts.stack(layer -> {
      String at = block(layer);
      Attention attention = parts.attention(at, rotary);
      float[] sinks = parts.weights().vector(at + "attn_sinks.weight", parts.shape().heads());
      Scoring scoring =
          attention.scoring().withSinks(sinks).withWindow(windowed[layer] ? window : 0);
      return List.of(
          parts.step(at, "attn_norm", attention.withScoring(scoring)),
          parts.step(
              at,
              "post_attention_norm",
              parts.experts(at, routing, inner, Activation.CLAMPED_SILU, null)));
    });
  }
}
