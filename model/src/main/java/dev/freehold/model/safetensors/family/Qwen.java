package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;
import java.util.Map;

/// `qwen2`, `qwen3` and their mixtures `qwen2_moe` and `qwen3_moe`.
final class Qwen extends Decoder {

  private final boolean normalised;

  private Qwen(Settings config, String architecture, Assumed assumed, boolean normalised) {
    super(config, architecture, assumed);
    this.normalised = normalised;
  }

  static Qwen qwen2(Settings config) {
    return new Qwen(config, "qwen2", new Assumed(32_768, 32, 0, 1e4f, false), false);
  }

  static Qwen qwen2Experts(Settings config) {
    return new Qwen(config, "qwen2moe", new Assumed(32_768, 16, 0, 1e4f, false), false);
  }

  static Qwen qwen3(Settings config) {
    return new Qwen(config, "qwen3", new Assumed(32_768, 32, 128, 1e4f, false), false);
  }

  static Qwen qwen3Experts(Settings config) {
    return new Qwen(config, "qwen3moe", new Assumed(32_768, 4, 0, 1e4f, false), true);
  }

  @Override
  void more(GgufHeader header) {
    config.require("use_sliding_window", !config.flag("use_sliding_window"), "false");
    if (!architecture().endsWith("moe")) {
      return;
    }
    boolean two = architecture().equals("qwen2moe");
    int count = config.integer("num_local_experts", two ? 60 : 128);
    header.integer(key("expert_count"), config.integer("num_experts", count));
    header.integer(key("expert_used_count"), config.integer("num_experts_per_tok", two ? 4 : 8));
    header.integer(
        key("expert_feed_forward_length"),
        config.integer("moe_intermediate_size", two ? 1408 : 768));
    if (two) {
      header.integer(
          key("expert_shared_feed_forward_length"),
          config.integer("shared_expert_intermediate_size", 5632));
    }
    config.require(
        "norm_topk_prob", config.flag("norm_topk_prob") == normalised, String.valueOf(normalised));
    requireExpertsEverywhere(config);
  }

  /// Refuses models some of whose layers have no experts.
  static void requireExpertsEverywhere(Settings config) {
    boolean all = config.path("mlp_only_layers").isEmpty();
    config.require("mlp_only_layers", all, "none");
    config.require("decoder_sparse_step", config.integer("decoder_sparse_step", 1) == 1, "1");
  }

  @Override
  Map<String, String> inside() {
    return Map.of("mlp.shared_expert_gate", "ffn_gate_inp_shexp");
  }
}
