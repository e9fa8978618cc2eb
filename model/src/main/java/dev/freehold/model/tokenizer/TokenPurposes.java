package dev.freehold.model.tokenizer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What the tokens of a `tokenizer.json` are for: which begins a text, which ends it, and which of
/// them the tokenizer puts there itself.
final class TokenPurposes {

  private static final Map<String, String> KEYS =
      Map.of(
          "bos_token", "bos_token_id",
          "eos_token", "eos_token_id",
          "pad_token", "padding_token_id",
          "cls_token", "cls_token_id",
          "sep_token", "seperator_token_id",
          "mask_token", "mask_token_id");

  private final TokenizerTree tree;
  private final Map<String, Integer> byText;
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<String, Boolean> flags = new HashMap<>();

  private TokenPurposes(TokenizerTree tree, Map<String, Integer> byText) {
    this.tree = tree;
    this.byText = byText;
  }

  /// Reads what the post-processor does, and `tokenizer_config.json`, which goes before it.
  static TokenPurposes read(TokenizerTree tree, JsonNode config, Map<String, Integer> byText) {
    TokenPurposes purposes = new TokenPurposes(tree, byText);
    KEYS.forEach((field, key) -> {
      JsonNode token = config.path(field);
      String text = token.isObject() ? token.path("content").asString("") : token.asString("");
      purposes.put(key, text);
    });
    purposes.ends();
    for (String flag : List.of("add_bos_token", "add_eos_token")) {
      if (config.path(flag).isBoolean()) {
        purposes.flags.put(flag, config.path(flag).booleanValue());
      }
    }
    return purposes;
  }

  /// Tokens by GGUF's key without its prefix.
  Map<String, Integer> ids() {
    return ids;
  }

  /// What is put around a text, by GGUF's key without its prefix.
  Map<String, Boolean> flags() {
    return flags;
  }

  private void ends() {
    boolean begins = false;
    boolean ends = false;
    boolean twice = false;
    for (JsonNode part : tree.parts("post_processor", "processors")) {
      switch (TokenizerTree.kind(part)) {
        case "TemplateProcessing" -> {
          JsonNode single = part.path("single");
          if (single.size() > 0) {
            begins |= end(single.get(0), "bos_token_id");
            ends |= single.size() > 1 && end(single.get(single.size() - 1), endKey());
          }
          twice |= separatesTwice(part.path("pair"));
        }
        case "BertProcessing", "RobertaProcessing" -> {
          begins = true;
          ends = true;
          put("bos_token_id", part.path("cls").path(0).asString(""));
          put(endKey(), part.path("sep").path(0).asString(""));
          twice |= TokenizerTree.kind(part).equals("RobertaProcessing");
        }
        case "ByteLevel" -> {}
        default ->
            throw tree.unsupported("The post-processor '%s'".formatted(TokenizerTree.kind(part)));
      }
    }
    flags.put("add_bos_token", begins);
    flags.put("add_eos_token", ends);
    if (wordPieces() || twice) {
      flags.put("add_sep_token", ends);
    }
  }

  /// Whether two tokens of the same text stand between a pair's texts, as RoBERTa has it.
  private static boolean separatesTwice(JsonNode pair) {
    for (int i = 2; i + 1 < pair.size(); i++) {
      boolean between = pair.get(i - 2).has("Sequence") && pair.get(i + 1).has("Sequence");
      JsonNode first = pair.get(i - 1).path("SpecialToken").path("id");
      if (between
          && first.isString()
          && first.equals(pair.get(i).path("SpecialToken").path("id"))) {
        return true;
      }
    }
    return false;
  }

  private boolean wordPieces() {
    return tree.modelKind().equals("WordPiece");
  }

  private String endKey() {
    return wordPieces() ? "seperator_token_id" : "eos_token_id";
  }

  private boolean end(JsonNode part, String key) {
    JsonNode special = part.path("SpecialToken");
    if (special.isMissingNode()) {
      return false;
    }
    put(key, special.path("id").asString(""));
    return true;
  }

  private void put(String key, String text) {
    Integer id = byText.get(text);
    if (id != null) {
      ids.putIfAbsent(key, id);
    }
  }
}
