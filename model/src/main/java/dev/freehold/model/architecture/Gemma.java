package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.Residual;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Weights;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.AttentionWork.Scoring;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.ArrayList;
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
            layer ->
                headNormed(parts, layer, windowed[layer] ? near : everywhere)
                    .withScoring(windowed[layer] ? scoring.withWindow(window) : scoring))
        .withLogitCap(keys.number("final_logit_softcapping", 0));
  }

  /// EmbeddingGemma (arXiv 2509.20354): Gemma 3 in which every token sees those after it too. What
  /// its file may have after the layers is linear, so that applying it to each token and pooling
  /// then is the same as the other way round.
  static Encoder readEmbedding(Parts parts) {
    Hyperparameters keys = parts.keys();
    Weights weights = parts.weights();
    int width = parts.shape().embeddingLength();
    RotaryReader reader = parts.rotary();
    RotaryEmbedding everywhere = reader.read(RotaryStyle.HALVES);
    RotaryEmbedding near =
        reader.plain(RotaryStyle.HALVES, keys.number("rope.freq_base_swa", 10_000));
    int window = keys.positive("attention.sliding_window");
    boolean[] windowed = keys.windowed(parts.shape().layers(), 6);
    Layers layers =
        parts.layers(layer ->
            steps(
                parts,
                layer,
                headNormed(parts, layer, windowed[layer] ? near : everywhere)
                    .withScoring(windowed[layer] ? parts.around(window / 2) : parts.everywhere())));
    List<Linear> dense = new ArrayList<>();
    if (weights.has("dense_2.weight")) {
      int inner = keys.positive("dense_2_feat_out");
      keys.integer("dense_2_feat_in", width);
      keys.integer("dense_3_feat_in", inner);
      keys.integer("dense_3_feat_out", width);
      dense.add(weights.linear("dense_2", width, inner));
      dense.add(weights.linear("dense_3", inner, width));
    }
    return new Encoder(
        parts.shape(),
        parts.embedding(),
        (float) Math.sqrt(width),
        null,
        null,
        null,
        layers,
        parts.norm("output_norm"),
        dense);
  }

  private static Attention headNormed(Parts parts, int layer, RotaryEmbedding rotary) {
    String at = block(layer);
    return parts
        .attention(at, rotary)
        .withHeadNorms(parts.headNorm(at + "attn_q_norm"), parts.headNorm(at + "attn_k_norm"));
  }

  private interface Attentions {
    Attention of(int layer);
  }

  private static Stack stack(Parts parts, Attentions attentions) {
    return parts
        .stack(layer -> steps(parts, layer, attentions.of(layer)))
        .withEmbeddingScale((float) Math.sqrt(parts.shape().embeddingLength()));
  }

  private static List<Residual> steps(Parts parts, int layer, Attention attention) {
    String at = block(layer);
    return List.of(
        parts
            .step(at, "attn_norm", attention)
            .withNormAfter(parts.norm(at + "post_attention_norm")),
        parts
            .step(at, "ffn_norm", parts.feedForward(at, Activation.GELU_TANH))
            .withNormAfter(parts.norm(at + "post_ffw_norm")));
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
