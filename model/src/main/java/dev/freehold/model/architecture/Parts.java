package dev.freehold.model.architecture;

import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.ModelParameters;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.Experts;
import dev.freehold.model.layer.FeedForward;
import dev.freehold.model.layer.LayerNorm;
import dev.freehold.model.layer.Mixer;
import dev.freehold.model.layer.Residual;
import dev.freehold.model.layer.RmsNorm;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Routing;
import dev.freehold.model.layer.Weights;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.AttentionWork.Scoring;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// What architectures are put together from: parameters they share, and blocks whose tensors are
/// claimed under the names that llama.cpp's converter gives them. `blk.3.` is written as a prefix.
final class Parts {

  private final Hyperparameters keys;
  private final Weights weights;
  private final ModelParameters shape;
  private final int valueSize;

  /// Reads the parameters that all architectures have.
  ///
  /// @param encoder whether every token sees the whole text
  Parts(Metadata metadata, Weights weights, ModelConfiguration configuration, boolean encoder) {
    this.keys = new Hyperparameters(metadata);
    this.weights = weights;
    int width = keys.positive("embedding_length");
    int heads =
        keys.requireAtMost(
            "attention.head_count",
            keys.positive("attention.head_count"),
            Hyperparameters.MOST_HEADS);
    int kvHeads = keys.largest("attention.head_count_kv", heads);
    int trained = keys.positive("context_length");
    // Each layer has tensors of its own; a file that speaks of more layers has not got them.
    int layers = keys.requireAtMost("block_count", keys.positive("block_count"), weights.tensors());
    if (heads % kvHeads != 0) {
      throw Hyperparameters.malformed(
          "%d query heads cannot share %d key/value heads".formatted(heads, kvHeads));
    }
    boolean causal = keys.flag("attention.causal", !encoder);
    if (causal == encoder) {
      throw keys.unsupported("attention.causal", String.valueOf(causal), !causal);
    }
    int limit = configuration.contextLength();
    shape =
        new ModelParameters(
            keys.architecture(),
            keys.name(),
            weights.storage().name(),
            layers,
            width,
            heads,
            kvHeads,
            keys.count("attention.key_length", width / heads),
            keys.largest("feed_forward_length"),
            weights.rows("token_embd.weight"),
            limit == 0 ? trained : Math.min(limit, trained),
            trained,
            keys.number("rope.freq_base", 10_000),
            encoder,
            weights.count(),
            weights.bytes());
    valueSize = keys.count("attention.value_length", width / heads);
  }

  Hyperparameters keys() {
    return keys;
  }

  Weights weights() {
    return weights;
  }

  ModelParameters shape() {
    return shape;
  }

  /// How positions are embedded.
  RotaryReader rotary() {
    return new RotaryReader(keys, weights, shape.headSize(), shape.contextLength());
  }

  /// A norm of hidden states, `name.weight`.
  RmsNorm norm(String name) {
    return norm(name, shape.embeddingLength());
  }

  /// A norm of hidden states that takes their mean away, `name.weight` and, where the file has it,
  /// `name.bias`.
  LayerNorm layerNorm(String name) {
    int width = shape.embeddingLength();
    return new LayerNorm(
        weights.vector(name + ".weight", width),
        weights.findVector(name + ".bias", width).orElseGet(() -> new float[width]),
        keys.number("attention.layer_norm_epsilon"));
  }

  /// A norm of a head, `name.weight`.
  RmsNorm headNorm(String name) {
    return norm(name, shape.headSize());
  }

  /// A norm of `length` numbers, `name.weight`.
  RmsNorm norm(String name, int length) {
    float epsilon = keys.number("attention.layer_norm_rms_epsilon");
    return new RmsNorm(weights.vector(name + ".weight", length), epsilon);
  }

  /// A step with a norm before it.
  Residual step(String prefix, String norm, Mixer mixer) {
    return Residual.of(shape.embeddingLength(), norm(prefix + norm), mixer);
  }

  /// Causal attention on everything before, its scores divided by the root of the head size.
  ///
  /// @param rotary position embedding, or null for none
  Attention attention(String prefix, @Nullable RotaryEmbedding rotary) {
    int width = shape.embeddingLength();
    int queries = shape.heads() * shape.headSize();
    int keyWidth = shape.kvHeads() * shape.headSize();
    int values = shape.kvHeads() * valueSize;
    List<Linear> projections =
        weights.has(prefix + "attn_qkv.weight")
            ? weights.stacked(prefix + "attn_qkv", width, queries, keyWidth, values)
            : List.of(
                weights.linear(prefix + "attn_q", width, queries),
                weights.linear(prefix + "attn_k", width, keyWidth),
                weights.linear(prefix + "attn_v", width, values));
    return new Attention(
        projections.get(0),
        projections.get(1),
        projections.get(2),
        weights.linear(prefix + "attn_output", shape.heads() * valueSize, width),
        shape.heads(),
        shape.kvHeads(),
        null,
        null,
        rotary,
        null,
        scoring());
  }

  /// Causal, on everything before, as the file scales it.
  Scoring scoring() {
    float scale = keys.number("attention.scale", 0);
    return Scoring.causal(scale == 0 ? (float) (1 / Math.sqrt(shape.headSize())) : scale);
  }

  /// On the whole text.
  Scoring everywhere() {
    return around(Integer.MAX_VALUE);
  }

  /// On `reach` positions to either side.
  Scoring around(int reach) {
    return new Scoring(scoring().scale(), 0, null, reach, reach);
  }

  /// A gated feed-forward network.
  FeedForward feedForward(String prefix, Activation activation) {
    return feedForward(prefix, "", shape.feedForwardLength(), activation);
  }

  /// A gated feed-forward network whose tensors end in `suffix`.
  FeedForward feedForward(String prefix, String suffix, int inner, Activation activation) {
    int width = shape.embeddingLength();
    return new FeedForward(
        weights.linear(prefix + "ffn_gate" + suffix, width, inner),
        weights.linear(prefix + "ffn_up" + suffix, width, inner),
        weights.linear(prefix + "ffn_down" + suffix, inner, width),
        activation);
  }

  /// The expert that every row goes through.
  ///
  /// @param gated whether it has a gate of one number
  Experts.Shared sharedExpert(String prefix, int inner, boolean gated) {
    FeedForward network = feedForward(prefix, "_shexp", inner, Activation.SILU);
    return new Experts.Shared(
        network,
        gated
            ? weights.vectorAsRow(prefix + "ffn_gate_inp_shexp.weight", shape.embeddingLength())
            : null);
  }

  /// Whether the file describes a mixture of experts.
  boolean hasExperts() {
    return keys.integer("expert_count", 0) > 0;
  }

  /// How many experts a row goes through.
  int expertsUsed() {
    int used = keys.positive("expert_used_count");
    int count = keys.count("expert_count");
    if (used > count) {
      throw Hyperparameters.malformed("%d experts of %d are used".formatted(used, count));
    }
    return used;
  }

  /// What turns a router's numbers into shares, as the file numbers it.
  Routing.Gating gating(Routing.Gating fallback) {
    int kind = keys.integer("expert_gating_func", 0);
    return switch (kind) {
      case 0 -> fallback;
      case 1 -> Routing.Gating.SOFTMAX;
      case 2 -> Routing.Gating.SIGMOID;
      case 3 -> Routing.Gating.SOFTMAX_OF_CHOSEN;
      default ->
          throw keys.unsupported(
              "expert_gating_func",
              String.valueOf(kind),
              "1 (softmax)",
              "2 (sigmoid)",
              "3 (softmax of the chosen)");
    };
  }

  /// A mixture of experts: stacked in one tensor, or in files of before 2024 in one tensor each.
  ///
  /// @param inner width of an expert
  /// @param shared an expert for every row, or null
  Experts experts(
      String prefix,
      Routing routing,
      int inner,
      Activation activation,
      Experts.@Nullable Shared shared) {
    int width = shape.embeddingLength();
    int count = keys.count("expert_count");
    List<Linear> gates = stack(prefix, "ffn_gate", width, inner, count);
    List<Linear> ups = stack(prefix, "ffn_up", width, inner, count);
    List<Linear> downs = stack(prefix, "ffn_down", inner, width, count);
    List<FeedForward> networks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      networks.add(new FeedForward(gates.get(i), ups.get(i), downs.get(i), activation));
    }
    Linear router = weights.linear(prefix + "ffn_gate_inp", width, count);
    return new Experts(router, routing, networks, null, shared);
  }

  List<Linear> stack(String prefix, String name, int columns, int rows, int count) {
    List<Linear> experts = new ArrayList<>(count);
    String stacked = prefix + name + "_exps";
    if (!weights.has(stacked + ".weight") && weights.has(prefix + name + ".0.weight")) {
      for (int i = 0; i < count; i++) {
        experts.add(weights.expert(prefix + name + "." + i, columns, rows));
      }
      return experts;
    }
    List<Matrix> matrices = weights.experts(stacked + ".weight", columns, rows, count);
    float[] biases =
        weights.has(stacked + ".bias") ? weights.numbers(stacked + ".bias", rows, count) : null;
    for (int i = 0; i < count; i++) {
      float[] bias = biases == null ? null : Arrays.copyOfRange(biases, i * rows, (i + 1) * rows);
      experts.add(new Linear(matrices.get(i), bias));
    }
    return experts;
  }

  /// The decoder of these layers; its head is the embedding where the file has no other.
  ///
  /// @param layer the steps of layer `i`
  Stack stack(IntFunction<List<Residual>> layer) {
    return stack("output_norm", layer);
  }

  /// The same where the norm before the head has another name.
  Stack stack(String outputNorm, IntFunction<List<Residual>> layer) {
    Matrix embedding = embedding();
    Linear head =
        weights.has("output.weight")
            ? weights.linear("output", shape.embeddingLength(), shape.vocabularySize())
            : new Linear(embedding, null);
    return new Stack(shape, embedding, 1, layers(layer), norm(outputNorm), head, 1, 0);
  }

  /// The embeddings of tokens.
  Matrix embedding() {
    return weights.matrix("token_embd.weight", shape.embeddingLength(), shape.vocabularySize());
  }

  /// All layers.
  Layers layers(IntFunction<List<Residual>> layer) {
    List<List<Residual>> layers = new ArrayList<>();
    for (int i = 0; i < shape.layers(); i++) {
      layers.add(layer.apply(i));
    }
    return new Layers(layers);
  }

  /// The prefix of layer `layer`'s tensors.
  static String block(int layer) {
    return "blk.%d.".formatted(layer);
  }
}
