package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;
import java.util.List;
import java.util.Map;

/// `granite` and `granitemoe`: embeddings, scores, steps and logits are each multiplied by a number
/// of the configuration.
final class Granite extends Decoder {

  private final boolean experts;

  private Granite(Settings config, String architecture, boolean experts) {
    super(config, architecture, new Assumed(2048, 0, 0, 1e4f, false));
    this.experts = experts;
  }

  static Granite granite(Settings config) {
    return new Granite(config, "granite", false);
  }

  static Granite experts(Settings config) {
    return new Granite(config, "granitemoe", true);
  }

  @Override
  void more(GgufHeader header) {
    header.number(key("attention.scale"), config.number("attention_multiplier", 1));
    header.number(key("embedding_scale"), config.number("embedding_multiplier", 1));
    header.number(key("residual_scale"), config.number("residual_multiplier", 1));
    header.number(key("logit_scale"), config.number("logits_scaling", 1));
    if (experts) {
      header.integer(key("expert_count"), config.integer("num_local_experts", 8));
      header.integer(key("expert_used_count"), config.integer("num_experts_per_tok", 2));
    }
  }

  @Override
  Map<String, String> inside() {
    return Map.of("block_sparse_moe.router.layer", "ffn_gate_inp");
  }

  @Override
  List<FolderTensor> inLayer(
      int layer, String name, FolderTensor stored, Map<String, FolderTensor> all) {
    return switch (name) {
      case "block_sparse_moe.input_linear.weight" -> Stacked.experts("gate_up_proj", stored);
      case "block_sparse_moe.output_linear.weight" -> Stacked.experts("down_proj", stored);
      default -> super.inLayer(layer, name, stored, all);
    };
  }

  @Override
  FolderTensor changed(FolderTensor tensor) {
    return paired(tensor);
  }
}
