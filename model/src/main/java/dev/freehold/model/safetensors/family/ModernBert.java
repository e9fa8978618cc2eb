package dev.freehold.model.safetensors.family;

import dev.freehold.model.gguf.GgufHeader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// `modernbert`. The head that it was trained with is left out, that of a classifier is not.
final class ModernBert extends Family {

  private static final int USUAL_PERIOD = 3;

  private static final Map<String, String> OUTER =
      Map.of(
          "embeddings.tok_embeddings", "token_embd",
          "embeddings.norm", "token_embd_norm",
          "final_norm", "output_norm");

  private static final Map<String, String> INNER =
      Map.of(
          "attn_norm", "attn_norm",
          "attn.Wqkv", "attn_qkv",
          "attn.Wo", "attn_output",
          "mlp_norm", "ffn_norm",
          "mlp.Wi", "ffn_up",
          "mlp.Wo", "ffn_down");

  private static final Map<String, String> HEAD =
      Map.of(
          "head.dense.weight", "cls.weight",
          "head.dense.bias", "cls.bias",
          "head.norm.weight", "cls.norm.weight",
          "head.norm.bias", "cls.norm.bias",
          "classifier.weight", "cls.output.weight",
          "classifier.bias", "cls.output.bias");

  private static final LayerNames NAMES = new LayerNames("layers", OUTER, INNER);

  ModernBert(Settings config) {
    super(config, "modern-bert");
  }

  @Override
  public boolean tiesHead() {
    return true;
  }

  private int layers() {
    return config.integer("num_hidden_layers", 22);
  }

  private int positions() {
    return config.integer("max_position_embeddings", 8192);
  }

  @Override
  public void describe(GgufHeader header) {
    header.integer(key("vocab_size"), vocabularySize());
    header.integer(key("context_length"), positions());
    header.integer(key("embedding_length"), config.integer("hidden_size", 768));
    header.integer(key("block_count"), layers());
    header.integer(key("feed_forward_length"), config.integer("intermediate_size", 1152));
    header.integer(key("attention.head_count"), config.integer("num_attention_heads", 12));
    header.number(key("attention.layer_norm_epsilon"), config.number("norm_eps", 1e-5f));
    header.flag(key("attention.causal"), false);
    header.integer(key("attention.sliding_window"), config.integer("local_attention", 128));
    header.integer(key("attention.sliding_window_pattern"), period());
    header.text(key("rope.scaling.type"), "none");
    base(header, "rope.freq_base", "full_attention", config.number("global_rope_theta", 160_000));
    base(
        header,
        "rope.freq_base_swa",
        "sliding_attention",
        config.number("local_rope_theta", 10_000));
    String activation = config.path("hidden_activation").asString("gelu");
    boolean served = activation.equals("gelu") || activation.equals("silu");
    config.require("hidden_activation", served, "gelu, silu");
    header.text(key("hidden_activation"), activation);
    config.require("rope_scaling", !config.has("rope_scaling"), "null");
    String pooling = config.path("classifier_pooling").asString("cls");
    boolean known = pooling.equals("mean") || pooling.equals("cls");
    config.require("classifier_pooling", known, "mean, cls");
    header.integer(key("classifier.pooling_type"), pooling.equals("mean") ? 1 : 2);
  }

  private void base(GgufHeader header, String key, String kind, float assumed) {
    Rotary rotary = new Rotary(config, kind, assumed, positions());
    if (!rotary.scaling().equals("default") || rotary.share() != 1) {
      throw rotary.unserved("default");
    }
    // The two kinds of layers differ, so what is stated for both is stated for neither.
    boolean own = config.path("rope_parameters").path(kind).isObject();
    header.number(key(key), own ? rotary.base() : assumed);
  }

  /// Every how many layers one sees everything, the first among them.
  private int period() {
    int layers = layers();
    int second =
        IntStream.range(1, layers)
            .filter(layer -> seesEverything(layer).orElse(false))
            .findFirst()
            .orElse(layers);
    boolean listed = seesEverything(0).isPresent();
    int period = listed ? second : config.integer("global_attn_every_n_layers", USUAL_PERIOD);
    boolean regular =
        IntStream.range(0, layers)
            .allMatch(layer ->
                seesEverything(layer).orElse(layer % period == 0) == (layer % period == 0));
    config.require("layer_types", regular, "full_attention in every so many layers, the first too");
    return period;
  }

  private Optional<Boolean> seesEverything(int layer) {
    String type = config.path("layer_types").path(layer).asString("");
    return type.isEmpty() ? Optional.empty() : Optional.of(type.equals("full_attention"));
  }

  @Override
  public List<FolderTensor> read(FolderTensor stored, Map<String, FolderTensor> all) {
    boolean classifies = all.keySet().stream().anyMatch(name -> name.startsWith("classifier."));
    String name = stored.name().replaceFirst("^model\\.", "");
    String head = HEAD.get(name);
    if (name.startsWith("decoder.") || (head != null && !classifies)) {
      return List.of();
    }
    if (head != null) {
      config.require("classifier_activation", "gelu");
      return List.of(stored.named(head));
    }
    return List.of(stored.named(NAMES.gguf(name).orElseThrow(() -> unknown(stored))));
  }
}
