package dev.freehold.model.safetensors;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Hugging Face's names of tensors in GGUF's words.
final class TensorNames {

  private static final Pattern LAYER = Pattern.compile("layers\\.(\\d{1,6})\\.(.+)");
  private static final Pattern EXPERT =
      Pattern.compile(
          "(?:mlp|block_sparse_moe)\\.experts\\.(\\d{1,6})"
              + "\\.(gate_proj|up_proj|down_proj|w1|w2|w3)\\.weight");

  // The text of a model that sees has its tensors one floor deeper, one without a head one higher.
  private static final Pattern TEXT =
      Pattern.compile("(?:(?:language_model\\.model|model\\.language_model|model)\\.)?(.+)");
  private static final Pattern HEAD = Pattern.compile("(?:language_model\\.)?lm_head\\.weight");
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "(?:model\\.)?(?:vision_tower|multi_modal_projector)\\..+|.*rotary_emb\\.inv_freq");

  private static final Map<String, String> OUTER =
      Map.of("embed_tokens.weight", "token_embd.weight", "norm.weight", "output_norm.weight");

  private static final Map<String, String> INNER =
      Map.ofEntries(
          Map.entry("input_layernorm", "attn_norm"),
          Map.entry("self_attn.q_norm", "attn_q_norm"),
          Map.entry("self_attn.k_norm", "attn_k_norm"),
          Map.entry("post_attention_layernorm", "ffn_norm"),
          Map.entry("pre_feedforward_layernorm", "ffn_norm"),
          Map.entry("post_feedforward_layernorm", "post_ffw_norm"),
          Map.entry("mlp.gate", "ffn_gate_inp"),
          Map.entry("block_sparse_moe.gate", "ffn_gate_inp"));

  private static final Map<String, String> EXPERTS =
      Map.of(
          "gate_proj", "ffn_gate",
          "up_proj", "ffn_up",
          "down_proj", "ffn_down",
          "w1", "ffn_gate",
          "w3", "ffn_up",
          "w2", "ffn_down");

  private TensorNames() {}

  /// Whether a tensor has no part in the text model: a vision tower, or what can be computed.
  static boolean leftOut(String name) {
    return LEFT_OUT.matcher(name).matches();
  }

  /// Whether it is the head.
  static boolean isHead(String name) {
    return HEAD.matcher(name).matches();
  }

  /// GGUF's name of `name`, or empty where it is not known.
  static Optional<String> gguf(Family family, String name) {
    if (family.encodes()) {
      return BertNames.gguf(name);
    }
    if (isHead(name)) {
      return Optional.of("output.weight");
    }
    Matcher text = TEXT.matcher(name);
    if (!text.matches()) {
      return Optional.empty();
    }
    String rest = text.group(1);
    Matcher layer = LAYER.matcher(rest);
    if (!layer.matches()) {
      return Optional.ofNullable(OUTER.get(rest));
    }
    return inLayer(family, layer.group(2))
        .map(inner -> "blk.%s.%s".formatted(layer.group(1), inner));
  }

  private static Optional<String> inLayer(Family family, String name) {
    Matcher expert = EXPERT.matcher(name);
    if (expert.matches()) {
      return Optional.of("%s.%s.weight".formatted(EXPERTS.get(expert.group(2)), expert.group(1)));
    }
    int dot = name.lastIndexOf('.');
    String stem = dot < 0 ? name : name.substring(0, dot);
    String kind = dot < 0 ? "" : name.substring(dot + 1);
    if (!kind.equals("weight") && !kind.equals("bias")) {
      return Optional.empty();
    }
    String linear = LinearNames.inLayers(family.architecture).orElseThrow().get(stem);
    String known =
        linear != null
            ? linear
            : family == Family.GEMMA3 && stem.equals("post_attention_layernorm")
                ? "post_attention_norm"
                : INNER.get(stem);
    return Optional.ofNullable(known).map(inner -> inner + "." + kind);
  }
}
