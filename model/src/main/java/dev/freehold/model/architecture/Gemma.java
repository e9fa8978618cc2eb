package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.tensor.AttentionWork.Scoring;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.List;

/// Architectures `gemma2` (arXiv 2408.00118: every other layer sees a window, scores and logits are
/// bent by soft caps) and `gemma3` (arXiv 2503.19786: five of six layers see a window and have
/// their own rotary base, each head is normalised, no caps). Embeddings are scaled by the root of
/// their length, networks gated by GELU, and every step is normalised after as well as before.
final class Gemma {

  private Gemma() {}

  static Stack read2(Parts parts) {
    Hyperparameters keys = parts.keys();
    RotaryEmbedding rotary = parts.rotary().read(RotaryStyle.HALVES);
    boolean[] windowed = keys.windowed(parts.shape().layers(), 2);
    int window = keys.integer("attention.sliding_window", 4096);
    Scoring scoring = scoring(parts, 46).withSoftCap(keys.number("attn_logit_softcapping", 50));
    return stack(
            parts,
            layer ->
                parts
                    .attention(block(layer), rotary)
                    .withScoring(windowed[layer] ? scoring.withWindow(window) : scoring))
        .withLogitCap(keys.number("final_logit_softcapping", 30));
  }

  static Stack read3(Parts parts) {
    Hyperparameters keys = parts.keys();
    RotaryReader reader = parts.rotary();
    RotaryEmbedding everywhere = reader.read(RotaryStyle.HALVES);
    RotaryEmbedding near =
        reader.plain(RotaryStyle.HALVES, keys.number("rope.freq_base_swa", 10_000));
    int window = keys.integer("attention.sliding_window", 0);
    boolean[] windowed = keys.windowed(parts.shape().layers(), window == 0 ? 1 : 6);
    Scoring scoring = scoring(parts, 62);
    return stack(
            parts,
            layer -> {
              String at = block(layer);
              return parts
                  .attention(at, windowed[layer] ? near : everywhere)
                  .withHeadNorms(
                      parts.headNorm(at + "attn_q_norm"), parts.headNorm(at + "attn_k_norm"))
                  .withScoring(windowed[layer] ? scoring.withWindow(window) : scoring);
            })
        .withLogitCap(keys.number("final_logit_softcapping", 0));
  }

  private interface Layers {
    Attention attention(int layer);
  }

  private static Stack stack(Parts parts, Layers layers) {
    return parts
        .stack(layer -> {
          String at = block(layer);
          return List.of(
              parts
                  .step(at, "attn_norm", layers.attention(layer))
                  .withNormAfter(parts.norm(at + "post_attention_norm")),
              parts
                  .step(at, "ffn_norm", parts.feedForward(at, Activation.GELU_TANH))
                  .withNormAfter(parts.norm(at + "post_ffw_norm")));
        })
        .withEmbeddingScale((float) Math.sqrt(parts.shape().embeddingLength()));
  }

  /// Scores are divided by the root of the head size, but in the 27B models, which their depth
  /// tells in a file that says nothing, by that of the embedding's share of a head.
  private static Scoring scoring(Parts parts, int layersOfTheLargest) {
    boolean largest = parts.shape().layers() == layersOfTheLargest;
    if (!largest || parts.keys().has("attention.scale")) {
      return parts.scoring();
    }
    float share = (float) parts.shape().embeddingLength() / parts.shape().heads();
    return Scoring.causal((float) (1 / Math.sqrt(share)));
  }
}
