package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// `deepseek_v2` and `deepseek_v3`, and R1 with the latter. What makes keys and values of a latent
/// is one matrix in the folder and two in a file, head by head, that of keys the other way round.
final class DeepSeek extends Decoder {

  /// GGUF's number of experts chosen by sigmoids.
  static final int SIGMOID = 2;

  private final boolean third;

  private DeepSeek(Settings config, boolean third) {
    super(config, "deepseek2", new Assumed(third ? 4096 : 2048, 0, 0, 1e4f, false));
    this.third = third;
  }

  static DeepSeek v2(Settings config) {
    return new DeepSeek(config, false);
  }

  static DeepSeek v3(Settings config) {
    return new DeepSeek(config, true);
  }

  private int rank() {
    return config.integer("kv_lora_rank", 512);
  }

  private int plain() {
    return config.integer("qk_nope_head_dim", 128);
  }

  private int values() {
    return config.integer("v_head_dim", 128);
  }

  @Override
  int turned() {
    return config.integer("qk_rope_head_dim", 64);
  }

  @Override
  void positions(GgufHeader header) {
    Rotary rotary = rotary();
    rotary.describe(header, architecture(), "mscale", "mscale_all_dim");
    float all = rotary.number("mscale_all_dim", 0);
    if (rotary.scaling().equals("yarn") && all != 0) {
      boolean same = rotary.number("mscale", 1) == all;
      config.require("rope mscale", same, "the same as mscale_all_dim");
      double exact = rotary.parameters().path("mscale_all_dim").asDouble();
      header.number(key("rope.scaling.yarn_log_multiplier"), (float) (0.1 * exact));
    }
  }

  @Override
  void more(GgufHeader header) {
    int rank = rank();
    // In the latent all heads share one key and one value.
    header.integer(key("attention.head_count_kv"), 1);
    header.integer(key("attention.key_length"), rank + turned());
    header.integer(key("attention.value_length"), rank);
    header.integer(key("attention.key_length_mla"), plain() + turned());
    header.integer(key("attention.value_length_mla"), values());
    header.integer(key("attention.kv_lora_rank"), rank);
    boolean absent = config.path("q_lora_rank").isNull();
    if (!absent) {
      header.integer(key("attention.q_lora_rank"), config.integer("q_lora_rank", 1536));
    }
    boolean interleaved = config.path("rope_interleave").asBoolean(true);
    config.require("rope_interleave", interleaved, "true");
    config.require("moe_layer_freq", config.integer("moe_layer_freq", 1) == 1, "1");
    experts(header);
  }

  private void experts(GgufHeader header) {
    int count = config.integer("n_routed_experts", third ? 256 : 64);
    header.integer(key("expert_count"), count);
    header.integer(key("expert_used_count"), config.integer("num_experts_per_tok", third ? 8 : 6));
    header.integer(
        key("expert_feed_forward_length"),
        config.integer("moe_intermediate_size", third ? 2048 : 1407));
    int shared = config.path("n_shared_experts").asInt(third ? 1 : 2);
    header.integer(key("expert_shared_count"), Math.max(0, shared));
    header.integer(
        key("leading_dense_block_count"),
        Math.max(0, config.path("first_k_dense_replace").asInt(third ? 3 : 0)));
    header.number(
        key("expert_weights_scale"), config.number("routed_scaling_factor", third ? 2.5f : 1));
    boolean normalised = config.path("norm_topk_prob").asBoolean(third);
    config.require("norm_topk_prob", third || !normalised, "false");
    header.flag(key("expert_weights_norm"), normalised);
    config.require("scoring_func", third ? "sigmoid" : "softmax");
    String method = config.path("topk_method").asString(third ? "noaux_tc" : "greedy");
    boolean groups = method.equals(third ? "noaux_tc" : "group_limited_greedy");
    config.require(
        "topk_method",
        groups || (!third && method.equals("greedy")),
        third ? "noaux_tc" : "greedy, group_limited_greedy");
    header.integer(
        key("expert_group_count"), groups ? config.integer("n_group", third ? 8 : 1) : 1);
    header.integer(
        key("expert_group_used_count"), groups ? config.integer("topk_group", third ? 4 : 1) : 1);
    if (third) {
      header.integer(key("expert_gating_func"), SIGMOID);
    }
  }

  @Override
  Map<String, String> inside() {
    return Map.of(
        "self_attn.kv_a_layernorm", "attn_kv_a_norm", "self_attn.q_a_layernorm", "attn_q_a_norm");
  }

  @Override
  List<FolderTensor> inLayer(
      int layer, String name, FolderTensor stored, Map<String, FolderTensor> all) {
    if (layer >= layers()) {
      return List.of(); // predicts further tokens ahead
    }
    return switch (name) {
      case "mlp.gate.e_score_correction_bias" -> List.of(stored.named("exp_probs_b.bias"));
      case "self_attn.kv_b_proj.weight" -> {
        FolderTensor heads = stored.shaped(heads(), plain() + values(), rank());
        yield List.of(
            heads
                .taken(1, IntStream.range(0, plain()).toArray())
                .transposed()
                .named("attn_k_b.weight"),
            heads.taken(1, plain(), 1, values()).named("attn_v_b.weight"));
      }
      default -> super.inLayer(layer, name, stored, all);
    };
  }
}
