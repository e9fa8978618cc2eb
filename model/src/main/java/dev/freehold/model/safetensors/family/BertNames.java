package dev.freehold.model.safetensors.family;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Names of tensors of BERT and its heirs in GGUF's words.
final class BertNames {

  private static final Pattern LAYER =
      Pattern.compile("encoder\\.layer\\.(\\d{1,6})\\.(.+)\\.(weight|bias)");

  // What they were trained with, and what can be computed.
  private static final Pattern LEFT_OUT =
      Pattern.compile("(?:cls\\.|lm_head\\.).+|(?:.+\\.)?embeddings\\.position_ids");

  private static final Map<String, String> OUTER =
      Map.ofEntries(
          Map.entry("embeddings.word_embeddings.weight", "token_embd.weight"),
          Map.entry("embeddings.position_embeddings.weight", "position_embd.weight"),
          Map.entry("embeddings.token_type_embeddings.weight", "token_types.weight"),
          Map.entry("embeddings.LayerNorm.weight", "token_embd_norm.weight"),
          Map.entry("embeddings.LayerNorm.bias", "token_embd_norm.bias"),
          Map.entry("pooler.dense.weight", "cls.weight"),
          Map.entry("pooler.dense.bias", "cls.bias"),
          Map.entry("classifier.weight", "cls.output.weight"),
          Map.entry("classifier.bias", "cls.output.bias"),
          Map.entry("classifier.dense.weight", "cls.weight"),
          Map.entry("classifier.dense.bias", "cls.bias"),
          Map.entry("classifier.out_proj.weight", "cls.output.weight"),
          Map.entry("classifier.out_proj.bias", "cls.output.bias"));

  private static final Map<String, String> INNER =
      Map.of(
          "attention.self.query", "attn_q",
          "attention.self.key", "attn_k",
          "attention.self.value", "attn_v",
          "attention.output.dense", "attn_output",
          "attention.output.LayerNorm", "attn_output_norm",
          "intermediate.dense", "ffn_up",
          "output.dense", "ffn_down",
          "output.LayerNorm", "layer_output_norm");

  private BertNames() {}

  /// Whether a tensor has no part in hidden states and relevance. A pooler has one where a
  /// classifier reads what it makes.
  static boolean leftOut(String name, boolean classifies) {
    return LEFT_OUT.matcher(name).matches() || (!classifies && plain(name).startsWith("pooler."));
  }

  /// Whether a tensor belongs to a classifier's head.
  static boolean classifies(String name) {
    return name.startsWith("classifier.");
  }

  /// GGUF's name of `name`, or empty where it is not known.
  static Optional<String> gguf(String name) {
    String plain = plain(name);
    Matcher layer = LAYER.matcher(plain);
    if (!layer.matches()) {
      return Optional.ofNullable(OUTER.get(plain));
    }
    return Optional.ofNullable(INNER.get(layer.group(2)))
        .map(inner -> "blk.%s.%s.%s".formatted(layer.group(1), inner, layer.group(3)));
  }

  private static String plain(String name) {
    return name.replaceFirst("^(?:bert|roberta)\\.", "")
        .replaceFirst("\\.gamma$", ".weight")
        .replaceFirst("\\.beta$", ".bias");
  }
}
