package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.Convolution;
import dev.freehold.model.layer.Mixer;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Routing;
import dev.freehold.model.layer.ShortConvolution;
import dev.freehold.model.layer.Weights;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.List;

/// Architectures `lfm2` and `lfm2moe` (Liquid AI, arXiv 2511.23404): most layers are gated short
/// convolutions, those with key/value heads attend; in the mixture all but the first layers choose
/// experts by sigmoids with a bias.
final class Lfm2 {

  private Lfm2() {}

  static Stack read(Parts parts) {
    Hyperparameters keys = parts.keys();
    int layers = parts.shape().layers();
    int[] kvHeads = keys.perLayer("attention.head_count_kv", layers);
    int kernel = keys.count("shortconv.l_cache");
    int window = keys.integer("attention.sliding_window", 0);
    int dense = parts.hasExperts() ? keys.integer("leading_dense_block_count", 0) : layers;
    RotaryEmbedding rotary = parts.rotary().read(RotaryStyle.HALVES);
    return parts.stack(
        "token_embd_norm",
        layer -> {
          String at = block(layer);
          Mixer mixer =
              kvHeads[layer] == 0
                  ? convolution(parts, at, kernel)
                  : attention(parts, at, rotary, window);
          return List.of(
              parts.step(at, "attn_norm", mixer),
              parts.step(
                  at,
                  "ffn_norm",
                  layer < dense ? parts.feedForward(at, Activation.SILU) : experts(parts, at)));
        });
  }

  private static Attention attention(Parts parts, String at, RotaryEmbedding rotary, int window) {
    Attention attention =
        parts
            .attention(at, rotary)
            .withHeadNorms(parts.headNorm(at + "attn_q_norm"), parts.headNorm(at + "attn_k_norm"));
    return attention.withScoring(attention.scoring().withWindow(window));
  }

  private static ShortConvolution convolution(Parts parts, String at, int kernel) {
    int width = parts.shape().embeddingLength();
    Weights weights = parts.weights();
    return new ShortConvolution(
        weights.linear(at + "shortconv.in_proj", width, 3 * width),
        Convolution.of(weights.numbers(at + "shortconv.conv.weight", kernel, width), width, kernel),
        weights.linear(at + "shortconv.out_proj", width, width));
  }

  private static Mixer experts(Parts parts, String at) {
    Hyperparameters keys = parts.keys();
    int count = keys.count("expert_count");
    float scale = keys.number("expert_weights_scale", 1);
    Routing routing =
        new Routing(
            parts.expertsUsed(),
            parts.gating(Routing.Gating.SIGMOID),
            keys.flag("expert_weights_norm", true),
            scale == 0 ? 1 : scale,
            parts.weights().findVector(at + "exp_probs_b.bias", count).orElse(null),
            1,
            1);
    int inner = keys.positive("expert_feed_forward_length");
    return parts.experts(at, routing, inner, Activation.SILU, null);
  }
}
