package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.FeedForward;
import dev.freehold.model.layer.Norm;
import dev.freehold.model.layer.Residual;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.AttentionWork.Scoring;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.List;

/// Architecture `modern-bert` (Warner et al., arXiv 2412.13663): norms before each step and without
/// bias, rotary positions, gated networks; but for every third layer a token sees only its
/// neighbourhood, with a rotary base of its own.
final class ModernBert {

  private ModernBert() {}

  static Encoder read(Parts parts) {
    Hyperparameters keys = parts.keys();
    keys.has(ClassifierReader.POOLING);
    // llama.cpp's converter takes the same number for that of another norm too.
    keys.has("attention.layer_norm_rms_epsilon");
    int width = parts.shape().embeddingLength();
    RotaryReader reader = parts.rotary();
    RotaryEmbedding far = reader.read(RotaryStyle.HALVES);
    RotaryEmbedding near =
        reader.plain(RotaryStyle.HALVES, keys.number("rope.freq_base_swa", 10_000));
    int window = keys.integer("attention.sliding_window", 0);
    int period = keys.positive("attention.sliding_window_pattern", 3);
    Activation activation = activation(keys);
    Layers layers =
        parts.layers(layer -> {
          String at = block(layer);
          boolean isNear = window > 0 && layer % period != 0;
          Scoring scoring = isNear ? parts.around(window / 2) : parts.everywhere();
          // The first layer reads embeddings that were normalised just before.
          Norm norm =
              parts.weights().has(at + "attn_norm.weight")
                  ? parts.layerNorm(at + "attn_norm")
                  : null;
          return List.of(
              Residual.of(
                  width, norm, parts.attention(at, isNear ? near : far).withScoring(scoring)),
              Residual.of(
                  width, parts.layerNorm(at + "ffn_norm"), feedForward(parts, at, activation)));
        });
    return new Encoder(
        parts.shape(),
        parts.embedding(),
        1,
        null,
        null,
        parts.layerNorm("token_embd_norm"),
        layers,
        parts.layerNorm("output_norm"),
        List.of());
  }

  private static Activation activation(Hyperparameters keys) {
    String name = keys.string("hidden_activation", "gelu");
    return switch (name) {
      case "gelu" -> Activation.GELU;
      case "silu" -> Activation.SILU;
      default -> throw keys.unsupported("hidden_activation", name, "gelu", "silu");
    };
  }

  private static FeedForward feedForward(Parts parts, String at, Activation activation) {
    int width = parts.shape().embeddingLength();
    int inner = parts.shape().feedForwardLength();
    List<Linear> gateAndUp = parts.weights().stacked(at + "ffn_up", width, inner, inner);
    Linear down = parts.weights().linear(at + "ffn_down", inner, width);
    return new FeedForward(gateAndUp.get(0), gateAndUp.get(1), down, activation);
  }
}
