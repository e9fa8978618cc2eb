package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;
import tools.jackson.databind.JsonNode;

/// `llama`, `mistral` and `mixtral`.
final class Llama extends Decoder {

  private enum Kind {
    LLAMA,
    MISTRAL,
    MIXTRAL
  }

  private final Kind kind;

  private Llama(Settings config, Kind kind, Assumed assumed) {
    super(config, "llama", assumed);
    this.kind = kind;
  }

  static Llama llama(Settings config) {
    return new Llama(config, Kind.LLAMA, new Assumed(2048, 0, 0, 1e4f, false));
  }

  static Llama mistral(Settings config) {
    return new Llama(config, Kind.MISTRAL, new Assumed(131_072, 8, 0, 1e4f, false));
  }

  static Llama mixtral(Settings config) {
    return new Llama(config, Kind.MIXTRAL, new Assumed(131_072, 8, 0, 1e6f, false));
  }

  @Override
  void more(GgufHeader header) {
    if (kind == Kind.MIXTRAL) {
      header.integer(key("expert_count"), config.integer("num_local_experts", 8));
      header.integer(key("expert_used_count"), config.integer("num_experts_per_tok", 2));
    }
    JsonNode window = config.path("sliding_window");
    boolean assumed = kind == Kind.MISTRAL && window.isMissingNode();
    if (kind != Kind.LLAMA && (assumed || window.isNumber())) {
      header.integer(
          key("attention.sliding_window"), assumed ? 4096 : config.integer("sliding_window", 0));
    }
  }

  @Override
  FolderTensor changed(FolderTensor tensor) {
    return paired(tensor);
  }
}
