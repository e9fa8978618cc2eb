package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.model.gguf.GgufHeader;

/// `config.json` of BERT and its heirs in GGUF's words.
///
/// @param config its keys
/// @param family which of them
record BertSettings(Settings config, Family family) {

  void describe(GgufHeader header) {
    header.integer("bert.context_length", positions() - firstPosition());
    header.integer("bert.embedding_length", config.integer("hidden_size", 768));
    header.integer("bert.block_count", config.integer("num_hidden_layers", 12));
    header.integer("bert.feed_forward_length", config.integer("intermediate_size", 3072));
    header.integer("bert.attention.head_count", config.integer("num_attention_heads", 12));
    header.number(
        "bert.attention.layer_norm_epsilon",
        config.number(config.path("layer_norm_eps"), "layer_norm_eps", 1e-12f));
    header.flag("bert.attention.causal", false);
    requireServed("hidden_act", "gelu");
    requireServed("position_embedding_type", "absolute");
    config.require("is_decoder", !config.path("is_decoder").asBoolean(false), "false");
  }

  private void requireServed(String key, String served) {
    config.require(key, config.path(key).asString(served).equals(served), served);
  }

  private int positions() {
    int positions = config.integer("max_position_embeddings", 512);
    if (positions <= firstPosition()) {
      throw new MalformedFile(
          config.file(), -1, "max_position_embeddings is %d".formatted(positions));
    }
    return positions;
  }

  /// Which row of the positions is that of a text's first token: RoBERTa counts from behind its
  /// token for filling up.
  int firstPosition() {
    if (family == Family.BERT) {
      return 0;
    }
    int filling = config.path("pad_token_id").asInt(1);
    if (filling < 0 || filling > 1 << 20) {
      throw new MalformedFile(config.file(), -1, "pad_token_id is %d".formatted(filling));
    }
    return filling + 1;
  }
}
