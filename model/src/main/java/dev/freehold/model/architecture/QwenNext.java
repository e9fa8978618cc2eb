package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.Convolution;
import dev.freehold.model.layer.DeltaNet;
import dev.freehold.model.layer.Mixer;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Routing;
import dev.freehold.model.layer.Weights;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.List;
import java.util.stream.IntStream;

/// Architectures `qwen3next`, `qwen35` and `qwen35moe`: three of four layers are gated delta nets,
/// every fourth attends through an output gate, with rotary positions on a part of each head.
/// Layers that only predict further tokens ahead are refused; text has one position, so the
/// sections that images need are not.
final class QwenNext {

  private QwenNext() {}

  static Stack readNext(Parts parts) {
    return read(parts, false, experts(parts));
  }

  static Stack read35(Parts parts) {
    parts.keys().has("rope.dimension_sections");
    return read(parts, true, at -> parts.feedForward(at, Activation.SILU));
  }

  static Stack read35Experts(Parts parts) {
    parts.keys().has("rope.dimension_sections");
    return read(parts, true, experts(parts));
  }

  private interface Network {
    Mixer at(String prefix);
  }

  private static Network experts(Parts parts) {
    int used = parts.expertsUsed();
    int inner = parts.keys().positive("expert_feed_forward_length");
    int shared = parts.keys().positive("expert_shared_feed_forward_length", inner);
    float scale = parts.keys().number("expert_weights_scale", 1);
    Routing routing = Routing.softmax(used, true, scale == 0 ? 1 : scale);
    return at ->
        parts.experts(at, routing, inner, Activation.SILU, parts.sharedExpert(at, shared, true));
  }

  private static Stack read(Parts parts, boolean split, Network network) {
    Hyperparameters keys = parts.keys();
    if (keys.integer("nextn_predict_layers", 0) > 0) {
      throw keys.unsupported(
          "nextn_predict_layers",
          String.valueOf(keys.integer("nextn_predict_layers")),
          "files without layers that predict further tokens ahead");
    }
    RotaryEmbedding rotary = parts.rotary().read(RotaryStyle.HALVES);
    boolean[] recurrent = recurrent(keys, parts.shape().layers());
    return parts.stack(layer -> {
      String at = block(layer);
      boolean attends = !recurrent[layer];
      return List.of(
          parts.step(
              at, "attn_norm", attends ? attention(parts, at, rotary) : deltaNet(parts, at, split)),
          parts.step(at, "post_attention_norm", network.at(at)));
    });
  }

  /// Which layers are delta nets: as the file lists them, or all but each last one of an interval.
  private static boolean[] recurrent(Hyperparameters keys, int layers) {
    int interval = keys.positive("full_attention_interval", 4);
    String listed = "attention.recurrent_layers";
    if (keys.has(listed)) {
      return keys.flags(listed, layers);
    }
    boolean[] recurrent = new boolean[layers];
    for (int layer = 0; layer < layers; layer++) {
      recurrent[layer] = layer % interval != interval - 1;
    }
    return recurrent;
  }

  /// Rows of queries and of their gates take turns, head by head.
  private static Attention attention(Parts parts, String at, RotaryEmbedding rotary) {
    int width = parts.shape().embeddingLength();
    int size = parts.shape().headSize();
    int heads = parts.shape().heads();
    int keyWidth = parts.shape().kvHeads() * size;
    Weights weights = parts.weights();
    List<Linear> queryAndGate =
        weights.picked(
            at + "attn_q",
            width,
            IntStream.range(0, heads * size).map(i -> i / size * 2 * size + i % size).toArray(),
            IntStream.range(0, heads * size)
                .map(i -> i / size * 2 * size + size + i % size)
                .toArray());
    return new Attention(
            queryAndGate.get(0),
            weights.linear(at + "attn_k", width, keyWidth),
            weights.linear(at + "attn_v", width, keyWidth),
            weights.linear(at + "attn_output", heads * size, width),
            heads,
            parts.shape().kvHeads(),
            queryAndGate.get(1),
            null,
            rotary,
            null,
            parts.scoring())
        .withHeadNorms(parts.headNorm(at + "attn_q_norm"), parts.headNorm(at + "attn_k_norm"));
  }

  /// @param split whether beta and alpha are two tensors and value heads take turns with key heads
  private static DeltaNet deltaNet(Parts parts, String at, boolean split) {
    Hyperparameters keys = parts.keys();
    Weights weights = parts.weights();
    int width = parts.shape().embeddingLength();
    int size = keys.count("ssm.state_size");
    int keyHeads = keys.count("ssm.group_count");
    int valueHeads = keys.count("ssm.time_step_rank");
    int kernel = keys.count("ssm.conv_kernel");
    int values = keys.positive("ssm.inner_size");
    if (valueHeads % keyHeads != 0 || values != valueHeads * size) {
      throw Hyperparameters.malformed(
          "%d value heads of %d and %d key heads do not make %d"
              .formatted(valueHeads, size, keyHeads, values));
    }
    int channels = 2 * keyHeads * size + values;
    List<Linear> betaAndAlpha =
        split
            ? List.of(
                weights.linear(at + "ssm_beta", width, valueHeads),
                weights.linear(at + "ssm_alpha", width, valueHeads))
            : together(weights, at, width, keyHeads, valueHeads / keyHeads);
    return new DeltaNet(
        weights.linear(at + "attn_qkv", width, channels),
        Convolution.of(
            weights.numbers(at + "ssm_conv1d.weight", kernel, channels), channels, kernel),
        weights.linear(at + "attn_gate", width, values),
        betaAndAlpha.get(0),
        betaAndAlpha.get(1),
        weights.vector(at + "ssm_a", valueHeads),
        weights.vector(at + "ssm_dt.bias", valueHeads),
        parts.norm(at + "ssm_norm", size),
        weights.linear(at + "ssm_out", values, width),
        keyHeads,
        valueHeads,
        size,
        size,
        split);
  }

  /// Rows of beta and alpha of one key head follow each other.
  private static List<Linear> together(
      Weights weights, String at, int width, int keyHeads, int each) {
    int[] beta =
        IntStream.range(0, keyHeads * each).map(i -> i / each * 2 * each + i % each).toArray();
    int[] alpha = IntStream.of(beta).map(row -> row + each).toArray();
    return weights.picked(at + "ssm_ba", width, beta, alpha);
  }
}
