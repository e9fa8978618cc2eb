package dev.freehold.model.safetensors.family;

import dev.freehold.chat.MalformedFile;
import dev.freehold.model.gguf.GgufHeader;
import java.util.List;
import java.util.Map;

/// `bert`, `roberta` and `xlm-roberta`. What they were trained with is left out.
final class Bert extends Family {

  private final boolean heir;

  private Bert(Settings config, boolean heir) {
    super(config, "bert");
    this.heir = heir;
  }

  static Bert bert(Settings config) {
    return new Bert(config, false);
  }

  static Bert roberta(Settings config) {
    return new Bert(config, true);
  }

  @Override
  public boolean tiesHead() {
    return true;
  }

  @Override
  public void describe(GgufHeader header) {
    header.integer(key("vocab_size"), vocabularySize());
    header.integer(key("context_length"), positions() - firstPosition());
    header.integer(key("embedding_length"), config.integer("hidden_size", 768));
    header.integer(key("block_count"), config.integer("num_hidden_layers", 12));
    header.integer(key("feed_forward_length"), config.integer("intermediate_size", 3072));
    header.integer(key("attention.head_count"), config.integer("num_attention_heads", 12));
    header.number(key("attention.layer_norm_epsilon"), config.number("layer_norm_eps", 1e-12f));
    header.flag(key("attention.causal"), false);
    config.require("hidden_act", "gelu");
    config.require("position_embedding_type", "absolute");
    config.require("is_decoder", !config.flag("is_decoder"), "false");
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
  private int firstPosition() {
    if (!heir) {
      return 0;
    }
    int filling = config.path("pad_token_id").asInt(1);
    if (filling < 0 || filling > 1 << 20) {
      throw new MalformedFile(config.file(), -1, "pad_token_id is %d".formatted(filling));
    }
    return filling + 1;
  }

  @Override
  public List<FolderTensor> read(FolderTensor stored, Map<String, FolderTensor> all) {
    boolean classifies = all.keySet().stream().anyMatch(BertNames::classifies);
    if (BertNames.leftOut(stored.name(), classifies)) {
      return List.of();
    }
    FolderTensor named =
        stored.named(BertNames.gguf(stored.name()).orElseThrow(() -> unknown(stored)));
    int first = firstPosition();
    if (first == 0 || !named.name().equals("position_embd.weight")) {
      return List.of(named);
    }
    if (named.size(0) <= first) {
      throw named.wrong();
    }
    return List.of(named.taken(0, first, 1, named.size(0) - first));
  }
}
