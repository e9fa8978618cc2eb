package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.architecture.Encoder.Kinds;
import dev.freehold.model.layer.Experts;
import dev.freehold.model.layer.Mixer;
import dev.freehold.model.layer.Perceptron;
import dev.freehold.model.layer.Residual;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Routing;
import dev.freehold.model.layer.Weights;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Architectures `bert` (Devlin et al., arXiv 1810.04805: BERT, MiniLM, BGE, E5), `nomic-bert`
/// (arXiv 2402.01613: rotary positions, gated networks, no biases) and `nomic-bert-moe` (arXiv
/// 2502.07972: rotary positions, experts in some layers). Each step's result is normalised. Tokens
/// up to the first separator are of the first kind ("sentence A"), those after it of the second.
final class Bert {

  private Bert() {}

  static Encoder read(Parts parts) {
    Weights weights = parts.weights();
    int width = parts.shape().embeddingLength();
    Encoder encoder = encoder(parts, null, (_, at) -> perceptron(parts, at));
    return new Encoder(
        encoder.parameters(),
        encoder.embedding(),
        1,
        encoder.kinds(),
        weights.matrix("position_embd.weight", width, parts.shape().trainedContextLength()),
        encoder.embeddingNorm(),
        encoder.layers(),
        null,
        List.of());
  }

  static Encoder readNomic(Parts parts) {
    RotaryEmbedding rotary = parts.rotary().read(RotaryStyle.HALVES);
    return encoder(parts, rotary, (_, at) -> parts.feedForward(at, Activation.SILU));
  }

  /// Every other layer is a mixture of experts, or however often the file says (arXiv 2502.07972).
  static Encoder readNomicExperts(Parts parts) {
    Weights weights = parts.weights();
    int width = parts.shape().embeddingLength();
    int inner = parts.shape().feedForwardLength();
    int every = parts.keys().integer("moe_every_n_layers", 0);
    Routing routing = Routing.softmax(parts.expertsUsed(), false, 1);
    int count = parts.keys().count("expert_count");
    return encoder(
        parts,
        parts.rotary().read(RotaryStyle.HALVES),
        (layer, at) -> {
          if (every == 0 || layer % every != 1) {
            return perceptron(parts, at);
          }
          List<Linear> ups = parts.stack(at, "ffn_up", width, inner, count);
          List<Linear> downs = parts.stack(at, "ffn_down", inner, width, count);
          List<Perceptron> experts =
              IntStream.range(0, count)
                  .mapToObj(i -> new Perceptron(ups.get(i), downs.get(i), Activation.GELU))
                  .toList();
          Linear router = weights.linear(at + "ffn_gate_inp", width, count);
          return new Experts(router, routing, experts, null, null);
        });
  }

  private static Perceptron perceptron(Parts parts, String at) {
    int width = parts.shape().embeddingLength();
    int inner = parts.shape().feedForwardLength();
    return new Perceptron(
        parts.weights().linear(at + "ffn_up", width, inner),
        parts.weights().linear(at + "ffn_down", inner, width),
        Activation.GELU);
  }

  private interface Network {
    Mixer at(int layer, String prefix);
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
              Residual.ofSum(
                  width, network.at(layer, at), parts.layerNorm(at + "layer_output_norm")));
        });
    return new Encoder(
        parts.shape(),
        parts.embedding(),
        1,
        kinds(parts),
        null,
        parts.layerNorm("token_embd_norm"),
        layers,
        null,
        List.of());
  }

  private static @Nullable Kinds kinds(Parts parts) {
    Weights weights = parts.weights();
    if (!weights.has("token_types.weight")) {
      return null;
    }
    int width = parts.shape().embeddingLength();
    int count = weights.rows("token_types.weight");
    float[] all = weights.numbers("token_types.weight", width, count);
    List<float[]> vectors =
        IntStream.range(0, Math.min(2, count))
            .mapToObj(kind -> Arrays.copyOfRange(all, kind * width, (kind + 1) * width))
            .toList();
    return new Kinds(vectors, parts.keys().separator(parts.shape().vocabularySize()));
  }
}
