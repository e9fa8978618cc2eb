package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.Mixer;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Routing;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.List;

/// Architecture `llama`: Llama 1 to 3, SmolLM, Mistral and others of the same pass (Touvron et al.,
/// arXiv 2302.13971), Mistral's window (arXiv 2310.06825) and Mixtral's experts (arXiv 2401.04088)
/// where the file says so. The converter stores the rows of `attn_q` and `attn_k` so that
/// neighbouring numbers form a rotary pair.
final class Llama {

  private Llama() {}

  static Stack read(Parts parts) {
    RotaryEmbedding rotary = parts.rotary().read(RotaryStyle.INTERLEAVED);
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

  /// One network, or experts of the same width.
  static Mixer feedForward(Parts parts, String at) {
    if (!parts.hasExperts()) {
      return parts.feedForward(at, Activation.SILU);
    }
    float scale = parts.keys().number("expert_weights_scale", 1);
    Routing routing = Routing.softmax(parts.expertsUsed(), true, scale == 0 ? 1 : scale);
    return parts.experts(at, routing, parts.shape().feedForwardLength(), Activation.SILU, null);
  }
}
