package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// `lfm2` and `lfm2_moe`: most layers are short convolutions; those that attend are told by their
/// number of key/value heads.
final class Lfm2 extends Decoder {

  private final boolean experts;

  private Lfm2(Settings config, String architecture, boolean experts) {
    super(config, architecture, new Assumed(128_000, 8, 0, 1e6f, true));
    this.experts = experts;
  }

  static Lfm2 lfm2(Settings config) {
    return new Lfm2(config, "lfm2", false);
  }

  static Lfm2 experts(Settings config) {
    return new Lfm2(config, "lfm2moe", true);
  }

  @Override
  public boolean tiesHead() {
    return config
        .path("tie_word_embeddings")
        .asBoolean(config.path("tie_embedding").asBoolean(true));
  }

  @Override
  int inner() {
    int stated = config.integer("block_ff_dim", config.integer("intermediate_size", 0));
    if (experts || !config.path("block_auto_adjust_ff_dim").asBoolean(true)) {
      return stated;
    }
    int adjusted = (int) (2L * stated / 3);
    if (config.has("block_ffn_dim_multiplier")) {
      adjusted = (int) (config.path("block_ffn_dim_multiplier").asDouble(1) * adjusted);
    }
    int multiple = config.integer("block_multiple_of", 256);
    return Math.multiplyExact(multiple, Math.ceilDiv(adjusted, multiple));
  }

  @Override
  float epsilon() {
    return config.number("norm_eps", 1e-5f);
  }

  @Override
  boolean mixesLayers() {
    return true;
  }

  @Override
  void more(GgufHeader header) {
    config.require("conv_bias", !config.flag("conv_bias"), "false");
    header.integer(key("shortconv.l_cache"), config.integer("conv_L_cache", 3));
    Set<Integer> listed =
        config
            .path("full_attn_idxs")
            .valueStream()
            .map(layer -> layer.asInt(-1))
            .collect(Collectors.toSet());
    List<Boolean> attends =
        layersOf("full_attention", layer -> listed.isEmpty() || listed.contains(layer));
    int heads = kvHeads();
    header.integers(
        key("attention.head_count_kv"),
        attends.stream().mapToInt(attending -> attending ? heads : 0).toArray());
    if (experts) {
      header.integer(key("expert_count"), config.integer("num_experts", 32));
      header.integer(key("expert_used_count"), config.integer("num_experts_per_tok", 4));
      header.integer(
          key("expert_feed_forward_length"), config.integer("moe_intermediate_size", 1792));
      header.integer(key("leading_dense_block_count"), config.path("num_dense_layers").asInt(2));
      header.integer(key("expert_gating_func"), DeepSeek.SIGMOID);
      header.flag(key("expert_weights_norm"), config.path("norm_topk_prob").asBoolean(true));
      header.number(key("expert_weights_scale"), config.number("routed_scaling_factor", 1));
    }
  }

  @Override
  Map<String, String> outside() {
    return Map.of("embedding_norm.weight", "token_embd_norm.weight");
  }

  @Override
  Map<String, String> inside() {
    return Map.of(
        "operator_norm", "attn_norm",
        "ffn_norm", "ffn_norm",
        "self_attn.q_layernorm", "attn_q_norm",
        "self_attn.k_layernorm", "attn_k_norm",
        "feed_forward.gate", "ffn_gate_inp",
        "conv.conv", "shortconv.conv");
  }

  @Override
  List<FolderTensor> inLayer(
      int layer, String name, FolderTensor stored, Map<String, FolderTensor> all) {
    return switch (name) {
      case "feed_forward.expert_bias" -> List.of(stored.named("exp_probs_b.bias"));
      case "conv.conv.weight" -> super.inLayer(layer, name, stored.flat(), all);
      default -> super.inLayer(layer, name, stored, all);
    };
  }
}
