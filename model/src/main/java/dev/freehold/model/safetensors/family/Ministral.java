package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;

/// `ministral3` and the text models of `mistral3`: a Llama whose queries grow sharper beyond the
/// positions it was first trained on.
final class Ministral extends Decoder {

  private final boolean sharpens;

  Ministral(Settings config) {
    super(config, "mistral3", new Assumed(262_144, 8, 0, 1e6f, false));
    sharpens = config.path("model_type").asString("").equals("ministral3");
    String type = config.path("model_type").asString("mistral");
    config.require("model_type", sharpens || type.equals("mistral"), "ministral3, mistral");
  }

  @Override
  void positions(GgufHeader header) {
    Rotary rotary = rotary();
    if (!sharpens) {
      rotary.describe(header, architecture());
      return;
    }
    rotary.describe(header, architecture(), "mscale", "mscale_all_dim");
    float all = rotary.number("mscale_all_dim", 0);
    if (all != 0) {
      // Beside it the engine takes the other to be 1.
      config.require("rope_parameters", rotary.number("mscale", 1) == 1, "mscale 1");
      header.number(key("rope.scaling.yarn_log_multiplier"), all);
    }
    float beta = rotary.number("llama_4_scaling_beta", 0);
    if (beta != 0) {
      header.integer(key("rope.scaling.original_context_length"), rotary.original(positions()));
      header.number(key("attention.temperature_scale"), beta);
    }
  }

  @Override
  void more(GgufHeader header) {
    config.require("sliding_window", !config.has("sliding_window"), "null");
  }

  @Override
  FolderTensor changed(FolderTensor tensor) {
    return paired(tensor);
  }
}
