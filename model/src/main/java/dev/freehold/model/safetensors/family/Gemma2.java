package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;

/// `gemma2`.
final class Gemma2 extends Gemma {

  private static final int LAYERS_OF_THE_LARGEST = 46;

  Gemma2(Settings config) {
    super(config, "gemma2", new Assumed(8192, 4, 256, 1e4f, true));
  }

  @Override
  void more(GgufHeader header) {
    header.integer(key("attention.sliding_window"), config.integer("sliding_window", 4096));
    header.number(key("attn_logit_softcapping"), cap("attn_logit_softcapping", 50));
    header.number(key("final_logit_softcapping"), cap("final_logit_softcapping", 30));
    float scalar = config.number("query_pre_attn_scalar", 256);
    // What is assumed of a file that says nothing.
    float usual =
        layers() == LAYERS_OF_THE_LARGEST ? (float) width() / heads() : (float) headSize();
    if (scalar != usual) {
      header.number(key("attention.scale"), (float) (1 / Math.sqrt(scalar)));
    }
    windows(header, windowed(layer -> layer % 2 == 0), layer -> layer % 2 == 0);
  }

  private float cap(String key, float assumed) {
    return config.path(key).isNull() ? 0 : config.number(key, assumed);
  }

  @Override
  FolderTensor changed(FolderTensor tensor) {
    return tensor.name().endsWith("norm.weight") ? fromOne(tensor) : tensor;
  }
}
