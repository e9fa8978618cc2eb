package dev.freehold.model.safetensors.family;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The linear layers of the architectures that answer, in transformers' words and in GGUF's: the
/// one table for folders of models and of adapters.
///
/// Left out is what is no linear layer on one of the two sides: experts, routers that are bare
/// parameters, and DeepSeek's `kv_b_proj`, which files hold head by head and half of it turned.
public final class LinearNames {

  private static final Map<String, String> ATTENTION =
      Map.of(
          "self_attn.q_proj", "attn_q",
          "self_attn.k_proj", "attn_k",
          "self_attn.v_proj", "attn_v",
          "self_attn.o_proj", "attn_output");

  private static final Map<String, String> NETWORK =
      Map.of("mlp.gate_proj", "ffn_gate", "mlp.up_proj", "ffn_up", "mlp.down_proj", "ffn_down");

  private static final Map<String, String> DENSE = together(ATTENTION, NETWORK);

  private static final Map<String, String> PHI3 =
      Map.of(
          "self_attn.qkv_proj", "attn_qkv",
          "self_attn.o_proj", "attn_output",
          "mlp.gate_up_proj", "ffn_up",
          "mlp.down_proj", "ffn_down");

  private static final Map<String, String> LFM2 =
      Map.of(
          "self_attn.q_proj", "attn_q",
          "self_attn.k_proj", "attn_k",
          "self_attn.v_proj", "attn_v",
          "self_attn.out_proj", "attn_output",
          "conv.in_proj", "shortconv.in_proj",
          "conv.out_proj", "shortconv.out_proj",
          "feed_forward.w1", "ffn_gate",
          "feed_forward.w3", "ffn_up",
          "feed_forward.w2", "ffn_down");

  private static final Map<String, String> LATENT =
      Map.of(
          "self_attn.q_proj", "attn_q",
          "self_attn.q_a_proj", "attn_q_a",
          "self_attn.q_b_proj", "attn_q_b",
          "self_attn.kv_a_proj_with_mqa", "attn_kv_a_mqa",
          "self_attn.o_proj", "attn_output");

  private static final Map<String, String> PER_LAYER =
      Map.of("per_layer_input_gate", "inp_gate", "per_layer_projection", "proj");

  private static final Map<String, String> DELTA_NET =
      Map.of(
          "linear_attn.in_proj_qkv", "attn_qkv",
          "linear_attn.in_proj_z", "attn_gate",
          "linear_attn.in_proj_b", "ssm_beta",
          "linear_attn.in_proj_a", "ssm_alpha",
          "linear_attn.out_proj", "ssm_out");

  /// Queries, keys, values and gates in one layer; in a file the gates are apart.
  private static final Map<String, String> DELTA_NET_IN_TWO =
      Map.of(
          "linear_attn.in_proj_qkvz", "attn_qkv",
          "linear_attn.in_proj_ba", "ssm_ba",
          "linear_attn.out_proj", "ssm_out");

  private static final Map<String, Map<String, String>> IN_LAYERS =
      Map.ofEntries(
          Map.entry("llama", DENSE),
          Map.entry("mistral3", DENSE),
          Map.entry("smollm3", DENSE),
          Map.entry("qwen2", DENSE),
          Map.entry("qwen3", DENSE),
          Map.entry("qwen3moe", DENSE),
          Map.entry("gemma2", DENSE),
          Map.entry("gemma3", DENSE),
          Map.entry("granite", DENSE),
          Map.entry("granitemoe", ATTENTION),
          Map.entry("gpt-oss", ATTENTION),
          Map.entry("phi3", PHI3),
          Map.entry("lfm2", LFM2),
          Map.entry("lfm2moe", LFM2),
          Map.entry("gemma4", together(DENSE, PER_LAYER)),
          Map.entry("qwen2moe", together(DENSE, shared("mlp.shared_expert"))),
          Map.entry("qwen35", together(DENSE, DELTA_NET)),
          Map.entry("qwen35moe", together(DENSE, DELTA_NET, shared("mlp.shared_expert"))),
          Map.entry("qwen3next", together(DENSE, DELTA_NET_IN_TWO, shared("mlp.shared_expert"))),
          Map.entry("deepseek2", together(NETWORK, LATENT, shared("mlp.shared_experts"))));

  private static final Map<String, String> HEAD = Map.of("lm_head", "output");

  private LinearNames() {}

  @SafeVarargs
  private static Map<String, String> together(Map<String, String>... parts) {
    Map<String, String> all = new HashMap<>();
    for (Map<String, String> part : parts) {
      all.putAll(part);
    }
    return Map.copyOf(all);
  }

  private static Map<String, String> shared(String at) {
    return Map.of(
        at + ".gate_proj", "ffn_gate_shexp",
        at + ".up_proj", "ffn_up_shexp",
        at + ".down_proj", "ffn_down_shexp");
  }

  /// The architectures it knows, in order.
  public static List<String> architectures() {
    return IN_LAYERS.keySet().stream().sorted().toList();
  }

  /// Linear layers within a layer of the model, such as `self_attn.q_proj`, with the tensor of a
  /// file, such as `attn_q`; empty where the architecture is not known.
  public static Optional<Map<String, String>> inLayers(String architecture) {
    return Optional.ofNullable(IN_LAYERS.get(architecture));
  }

  /// Those outside of layers.
  public static Map<String, String> outside(String architecture) {
    return architecture.equals("gemma4")
        ? together(HEAD, Map.of("model.per_layer_model_projection", "per_layer_model_proj"))
        : HEAD;
  }
}
