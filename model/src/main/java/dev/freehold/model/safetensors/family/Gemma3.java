package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;

/// `gemma3_text`, also as the text model of `gemma3`; and EmbeddingGemma, in which every token sees
/// those after it too. Folders that see leave out whatever is as transformers assumes it.
final class Gemma3 extends Gemma {

  private static final int USUAL_PERIOD = 6;

  private final boolean encodes;

  private Gemma3(Settings config, String architecture, boolean encodes) {
    super(config, architecture, new Assumed(131_072, 4, 256, 1e6f, true));
    this.encodes = encodes;
  }

  static Gemma3 of(Settings config) {
    boolean encodes = config.flag("use_bidirectional_attention");
    return new Gemma3(config, encodes ? "gemma-embedding" : "gemma3", encodes);
  }

  @Override
  public int vocabularySize() {
    return config.integer("vocab_size", 262_208);
  }

  @Override
  int width() {
    return config.integer("hidden_size", 2304);
  }

  @Override
  int inner() {
    return config.integer("intermediate_size", 9216);
  }

  @Override
  int heads() {
    return config.integer("num_attention_heads", 8);
  }

  @Override
  int statedLayers() {
    return config.integer("num_hidden_layers", 26);
  }

  @Override
  boolean encodes() {
    return encodes;
  }

  @Override
  public boolean mapsVectors() {
    return encodes;
  }

  @Override
  void positions(GgufHeader header) {
    rotary().describe(header, architecture());
    Rotary near =
        new Rotary(
            config, "sliding_attention", config.number("rope_local_base_freq", 1e4f), positions());
    boolean nested = config.path("rope_parameters").path("sliding_attention").isObject();
    header.number(
        key("rope.freq_base_swa"),
        nested ? near.base() : config.number("rope_local_base_freq", 1e4f));
    config.require(
        "rope_parameters",
        !nested || near.scaling().equals("default"),
        "nothing scaled in layers that see a window");
  }

  @Override
  void more(GgufHeader header) {
    header.integer(key("attention.sliding_window"), config.integer("sliding_window", 4096));
    config.require(
        "attn_logit_softcapping",
        config.number("attn_logit_softcapping", 0) == 0,
        "absent for Gemma 3");
    float cap = config.number("final_logit_softcapping", 0);
    if (cap != 0) {
      config.require("final_logit_softcapping", !encodes, "absent for EmbeddingGemma");
      header.number(key("final_logit_softcapping"), cap);
    }
    double scalar = config.number("query_pre_attn_scalar", 256);
    if (scalar != headSize()) {
      header.number(key("attention.scale"), (float) (1 / Math.sqrt(scalar)));
    }
    int period =
        config.integer(
            "_sliding_window_pattern", config.integer("sliding_window_pattern", USUAL_PERIOD));
    windows(
        header,
        windowed(layer -> layer % period < period - 1),
        layer -> layer % USUAL_PERIOD < USUAL_PERIOD - 1);
  }

  @Override
  String linearNames() {
    return "gemma3";
  }

  @Override
  FolderTensor changed(FolderTensor tensor) {
    return tensor.name().endsWith("norm.weight") ? fromOne(tensor) : tensor;
  }
}
