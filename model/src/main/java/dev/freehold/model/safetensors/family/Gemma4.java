package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// `gemma4_text`, also as the text model of `gemma4`. Layers that see everything have heads of
/// another size, and perhaps another number of them, than those that see a window.
final class Gemma4 extends Gemma {

  private static final float NEVER = 1e30f;

  Gemma4(Settings config) {
    super(config, "gemma4", new Assumed(131_072, 1, 256, 1e6f, true));
  }

  /// Of layers that see a window.
  private int nearHeadSize() {
    return config.integer("head_dim", 256);
  }

  /// Of layers that see everything.
  @Override
  int headSize() {
    return far("global_head_dim", "head_dim", 512);
  }

  /// What is stated for layers that see everything: once, or for each of them.
  private int far(String key, String inLayer, int fallback) {
    if (config.has(key)) {
      return config.integer(key, 0);
    }
    List<Boolean> near = near();
    int stated = 0;
    for (int layer = 0; layer < near.size(); layer++) {
      JsonNode own = config.path("per_layer_config").path(String.valueOf(layer));
      if (own.has(inLayer)) {
        int number = config.integer(own.path(inLayer), inLayer, 0);
        boolean sound = !near.get(layer) && (stated == 0 || number == stated);
        config.require(
            "per_layer_config",
            sound,
            "one %s for all layers that see everything".formatted(inLayer));
        stated = number;
      }
    }
    return stated == 0 ? fallback : stated;
  }

  private List<Boolean> near() {
    return windowed(layer -> layer % 6 < 5 && layer < layers() - 1);
  }

  private int borrowing() {
    return Math.max(0, config.path("num_kv_shared_layers").asInt(0));
  }

  @Override
  void positions(GgufHeader header) {
    Rotary far = rotary();
    header.number(key("rope.freq_base"), far.base());
    if (!far.scaling().equals("proportional")) {
      throw far.unserved("proportional in layers that see everything");
    }
    config.require("rope factor", far.number("factor", 1) == 1, "1");
    Rotary near = new Rotary(config, "sliding_attention", 1e4f, positions());
    if (!near.scaling().equals("default") || near.share() != 1) {
      throw near.unserved("default in layers that see a window");
    }
    header.number(key("rope.freq_base_swa"), near.base());
    header.integer(key("rope.dimension_count_swa"), nearHeadSize());
  }

  @Override
  int turned() {
    return headSize();
  }

  @Override
  public Map<String, float[]> computed() {
    float[] divisors = new float[headSize() / 2];
    Arrays.fill(divisors, NEVER);
    int turning = Math.min((int) (headSize() * rotary().share() / 2), divisors.length);
    Arrays.fill(divisors, 0, turning, 1);
    return Map.of("rope_freqs.weight", divisors);
  }

  @Override
  void more(GgufHeader header) {
    List<Boolean> near = near();
    header.flags(key("attention.sliding_window_pattern"), near);
    header.integer(key("attention.sliding_window"), config.integer("sliding_window", 512));
    header.integer(key("attention.key_length_swa"), nearHeadSize());
    header.integer(key("attention.value_length_swa"), nearHeadSize());
    header.integer(key("attention.shared_kv_layers"), borrowing());
    int perLayer = Math.max(0, config.path("hidden_size_per_layer_input").asInt(0));
    header.integer(key("embedding_length_per_layer_input"), perLayer);
    if (perLayer > 0) {
      int tokens = config.integer("vocab_size_per_layer_input", vocabularySize());
      config.require("vocab_size_per_layer_input", tokens == vocabularySize(), "vocab_size");
    }
    float cap = config.number("final_logit_softcapping", 0);
    if (cap != 0) {
      header.number(key("final_logit_softcapping"), cap);
    }
    int kvHeads = kvHeads();
    int far = far("num_global_key_value_heads", "num_key_value_heads", kvHeads);
    if (far != kvHeads) {
      header.integers(
          key("attention.head_count_kv"),
          near.stream().mapToInt(windowed -> windowed ? kvHeads : far).toArray());
    }
    if (config.flag("use_double_wide_mlp")) {
      int owning = layers() - borrowing();
      int inner = inner();
      header.integers(
          key("feed_forward_length"),
          IntStream.range(0, layers())
              .map(layer -> layer < owning ? inner : Math.multiplyExact(2, inner))
              .toArray());
    }
    if (config.flag("enable_moe_block")) {
      header.integer(key("expert_count"), config.integer("num_experts", 0));
      header.integer(key("expert_used_count"), config.integer("top_k_experts", 0));
      header.integer(
          key("expert_feed_forward_length"),
          config.integer("moe_intermediate_size", config.integer("expert_intermediate_size", 1)));
    }
  }

  @Override
  Map<String, String> outside() {
    return Map.of(
        "embed_tokens_per_layer.weight", "per_layer_token_embd.weight",
        "per_layer_model_projection.weight", "per_layer_model_proj.weight",
        "per_layer_projection_norm.weight", "per_layer_proj_norm.weight");
  }

  @Override
  Map<String, String> inside() {
    return Map.of(
        "post_attention_layernorm", "post_attention_norm",
        "post_feedforward_layernorm_1", "post_ffw_norm_1",
        "post_feedforward_layernorm_2", "post_ffw_norm_2",
        "pre_feedforward_layernorm_2", "pre_ffw_norm_2",
        "post_per_layer_input_norm", "post_norm",
        "router.proj", "ffn_gate_inp");
  }

  @Override
  List<FolderTensor> inLayer(
      int layer, String name, FolderTensor stored, Map<String, FolderTensor> all) {
    boolean borrows = layer >= layers() - borrowing();
    if (borrows && name.matches("self_attn\\.(?:[kv]_proj|[kv]_norm)\\.weight")) {
      return List.of(); // it attends to the keys and values of another layer
    }
    return switch (name) {
      case "layer_scalar" -> List.of(stored.named("layer_output_scale.weight"));
      case "router.scale" -> List.of(stored.named("ffn_gate_inp.scale"));
      case "router.per_expert_scale" -> List.of(stored.named("ffn_down_exps.scale"));
      case "experts.gate_up_proj" -> List.of(stored.named("ffn_gate_up_exps.weight"));
      case "experts.down_proj" -> List.of(stored.named("ffn_down_exps.weight"));
      default -> super.inLayer(layer, name, stored, all);
    };
  }
}
