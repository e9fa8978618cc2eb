package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.Mixer;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Routing;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.List;

/// Architectures `qwen2` (arXiv 2407.10671: biases on queries, keys and values), `qwen3` (arXiv
/// 2505.09388: a norm of each head instead) and their mixtures `qwen2moe` and `qwen3moe`.
final class Qwen {

  private Qwen() {}

  static Stack read2(Parts parts) {
    return read(parts, false, at -> parts.feedForward(at, Activation.SILU));
  }

  static Stack read2Experts(Parts parts) {
    int inner = parts.keys().positive("expert_feed_forward_length");
    int sharedInner = parts.keys().positive("expert_shared_feed_forward_length");
    Routing routing = Routing.softmax(parts.expertsUsed(), false, 1);
    return read(
        parts,
        false,
        at ->
            parts.experts(
                at, routing, inner, Activation.SILU, parts.sharedExpert(at, sharedInner, true)));
  }

  static Stack read3(Parts parts) {
    return read(parts, true, at -> parts.feedForward(at, Activation.SILU));
  }

  static Stack read3Experts(Parts parts) {
    int used = parts.expertsUsed();
    int inner =
        parts
            .keys()
            .positive("expert_feed_forward_length", parts.shape().feedForwardLength() / used);
    float scale = parts.keys().number("expert_weights_scale", 1);
    Routing routing = Routing.softmax(used, true, scale == 0 ? 1 : scale);
    return read(parts, true, at -> parts.experts(at, routing, inner, Activation.SILU, null));
  }

  private interface Network {
    Mixer at(String prefix);
  }

  private static Stack read(Parts parts, boolean headNorms, Network network) {
    RotaryEmbedding rotary = parts.rotary().read(RotaryStyle.HALVES);
    return parts.stack(layer -> {
      String at = block(layer);
      Attention attention = parts.attention(at, rotary);
      if (headNorms) {
        attention =
            attention.withHeadNorms(
                parts.headNorm(at + "attn_q_norm"), parts.headNorm(at + "attn_k_norm"));
      }
      return List.of(
          parts.step(at, "attn_norm", attention), parts.step(at, "ffn_norm", network.at(at)));
    });
  }
}
