package dev.freehold.model.architecture;

import static dev.freehold.model.architecture.Parts.block;

import dev.freehold.model.layer.Experts;
import dev.freehold.model.layer.LatentAttention;
import dev.freehold.model.layer.LatentAttention.Shortening;
import dev.freehold.model.layer.Mixer;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Routing;
import dev.freehold.model.layer.Routing.Gating;
import dev.freehold.model.layer.Weights;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.List;

/// Architecture `deepseek2`: DeepSeek V2 and V3, R1 and others of their shape (arXiv 2405.04434,
/// 2412.19437): latent attention, and experts of which some groups only are looked at, beside one
/// for all. Files in which a head's keys and values lie in one tensor, as before May 2025, are
/// refused for want of the two.
final class DeepSeek2 {

  private DeepSeek2() {}

  static Stack read(Parts parts) {
    Hyperparameters keys = parts.keys();
    if (keys.integer("nextn_predict_layers", 0) > 0) {
      throw keys.unsupported(
          "nextn_predict_layers",
          String.valueOf(keys.integer("nextn_predict_layers")),
          "files without layers that predict further tokens ahead");
    }
    RotaryReader reader = parts.rotary();
    float multiplier = keys.number("rope.scaling.yarn_log_multiplier", 0);
    if (multiplier != 0) {
      reader = reader.withUnitMagnitude();
    }
    RotaryEmbedding rotary = reader.read(RotaryStyle.INTERLEAVED);
    // The family's files have a tenth of the multiplier that others have.
    double stretched = 1 + multiplier * Math.log(keys.number("rope.scaling.factor", 1));
    int headSize = keys.count("attention.key_length_mla");
    float scale = (float) (stretched * stretched / Math.sqrt(headSize));
    int dense = keys.integer("leading_dense_block_count", 0);
    return parts.stack(layer -> {
      String at = block(layer);
      return List.of(
          parts.step(at, "attn_norm", attention(parts, at, rotary, headSize, scale)),
          parts.step(
              at,
              "ffn_norm",
              layer < dense ? parts.feedForward(at, Activation.SILU) : experts(parts, at)));
    });
  }

  private static LatentAttention attention(
      Parts parts, String at, RotaryEmbedding rotary, int headSize, float scale) {
    Hyperparameters keys = parts.keys();
    Weights weights = parts.weights();
    int width = parts.shape().embeddingLength();
    int heads = parts.shape().heads();
    int rank = keys.count("attention.kv_lora_rank");
    int turned = keys.positive("rope.dimension_count");
    int valueSize = keys.count("attention.value_length_mla");
    int queryRank = keys.integer("attention.q_lora_rank", 0);
    Linear query =
        queryRank == 0
            ? weights.linear(at + "attn_q", width, heads * headSize)
            : weights.linear(at + "attn_q_b", queryRank, heads * headSize);
    Shortening shortening =
        queryRank == 0
            ? null
            : new Shortening(
                weights.linear(at + "attn_q_a", width, queryRank),
                parts.norm(at + "attn_q_a_norm", queryRank));
    return new LatentAttention(
        shortening,
        query,
        weights.linear(at + "attn_kv_a_mqa", width, rank + turned),
        parts.norm(at + "attn_kv_a_norm", rank),
        weights.experts(at + "attn_k_b.weight", headSize - turned, rank, heads),
        weights.experts(at + "attn_v_b.weight", rank, valueSize, heads),
        weights.linear(at + "attn_output", heads * valueSize, width),
        rotary,
        scale);
  }

  private static Mixer experts(Parts parts, String at) {
    Hyperparameters keys = parts.keys();
    int count = keys.count("expert_count");
    int inner = keys.positive("expert_feed_forward_length");
    int shared = keys.integer("expert_shared_count", 0);
    float scale = keys.number("expert_weights_scale", 1);
    int groups = Math.max(1, keys.integer("expert_group_count", 1));
    keys.has("expert_group_used_count"); // says nothing where all experts are one group
    int groupsUsed = groups == 1 ? 1 : keys.positive("expert_group_used_count");
    int used = parts.expertsUsed();
    if (count % groups != 0 || groupsUsed > groups || used > count / groups * groupsUsed) {
      throw Hyperparameters.malformed(
          "%d of %d experts cannot be chosen from %d of %d groups"
              .formatted(used, count, groupsUsed, groups));
    }
    Routing routing =
        new Routing(
            used,
            parts.gating(Gating.SOFTMAX),
            keys.flag("expert_weights_norm", false),
            scale == 0 ? 1 : scale,
            parts.weights().findVector(at + "exp_probs_b.bias", count).orElse(null),
            groups,
            groupsUsed);
    Experts.Shared forAll = shared == 0 ? null : parts.sharedExpert(at, inner * shared, false);
    return parts.experts(at, routing, inner, Activation.SILU, forAll);
  }
}
