package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.Mixer;
import dev.freehold.model.layer.Perceptron;
import dev.freehold.model.layer.Residual;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Weights;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Architectures `bert` (Devlin et al., arXiv 1810.04805: BERT, MiniLM, BGE, E5) and `nomic-bert`
/// (arXiv 2402.01613: rotary positions, gated networks, no biases). Each step's result is
/// normalised. All of a text is of the first kind ("sentence A").
final class Bert {

  private Bert() {}

  static Encoder read(Parts parts) {
    Weights weights = parts.weights();
    int width = parts.shape().embeddingLength();
    int inner = parts.shape().feedForwardLength();
    Encoder encoder =
        encoder(
            parts,
            null,
            at ->
                new Perceptron(
                    weights.linear(at + "ffn_up", width, inner),
                    weights.linear(at + "ffn_down", inner, width),
                    Activation.GELU));
    return new Encoder(
        encoder.parameters(),
        encoder.embedding(),
        1,
        encoder.kind(),
        weights.matrix("position_embd.weight", width, parts.shape().trainedContextLength()),
        encoder.embeddingNorm(),
        encoder.layers(),
        null,
        List.of());
  }

  static Encoder readNomic(Parts parts) {
    RotaryEmbedding rotary = parts.rotary().read(RotaryStyle.HALVES);
    return encoder(parts, rotary, at -> parts.feedForward(at, Activation.SILU));
  }

  private interface Network {
    Mixer at(String prefix);
  }

  private static Encoder encoder(Parts parts, @Nullable RotaryEmbedding rotary, Network network) {
    int width = parts.shape().embeddingLength();
    Layers layers =
        parts.layers(layer -> {
          String at = block(layer);
          return List.of(
              Residual.ofSum(
                  width,
                  parts.attention(at, rotary).withScoring(parts.everywhere()),
                  parts.layerNorm(at + "attn_output_norm")),
              Residual.ofSum(width, network.at(at), parts.layerNorm(at + "layer_output_norm")));
        });
    return new Encoder(
        parts.shape(),
        parts.embedding(),
        1,
        firstKind(parts.weights(), width),
        null,
        parts.layerNorm("token_embd_norm"),
        layers,
        null,
        List.of());
  }

  private static float @Nullable [] firstKind(Weights weights, int width) {
    if (!weights.has("token_types.weight")) {
      return null;
    }
    int kinds = weights.rows("token_types.weight");
    return Arrays.copyOf(weights.numbers("token_types.weight", width, kinds), width);
  }
}
