package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.text.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// `config.json` in GGUF's words. What transformers assumes where a key is absent is assumed here;
/// what changes the computation and is not served is refused.
final class Configuration {

  private static final int LARGEST_HEAD = 1 << 16;
  private static final int MOST_LAYERS = 10_000;

  private final String file;
  private final Settings config;
  private final Family family;
  private final GgufHeader header = new GgufHeader();

  private Configuration(String file, JsonNode root) {
    this.file = file;
    String type = root.path("model_type").asString("");
    JsonNode text = root.path("text_config");
    // A model that sees: its text model is described one floor deeper.
    this.config = new Settings(file, type.equals("gemma3") && text.isObject() ? text : root);
    this.family = Family.of(type.equals("gemma3") ? Family.GEMMA3.type : type);
    if (root.has("quantization_config")) {
      throw new Unsupported(
          "A folder with a quantization_config (%s)".formatted(file),
          "folders in F32, F16 or BF16, and quantised models in GGUF");
    }
  }

  static Configuration read(Path folder) {
    Path path = folder.resolve("config.json");
    return new Configuration(path.toString(), Json.read(path));
  }

  Family family() {
    return family;
  }

  int heads() {
    return config.integer("num_attention_heads", family == Family.GEMMA3 ? 8 : 0);
  }

  int kvHeads() {
    int fallback =
        switch (family) {
          case LLAMA, BERT, ROBERTA, XLM_ROBERTA -> heads();
          case MISTRAL, MIXTRAL -> 8;
          case QWEN2, QWEN3 -> 32;
          case QWEN3_MOE, GEMMA3 -> 4;
        };
    return config.integer("num_key_value_heads", fallback);
  }

  int vocabularySize() {
    return config.integer("vocab_size", family == Family.GEMMA3 ? 262_208 : 0);
  }

  /// Whether the head is the embedding.
  boolean tiesHead() {
    return family.encodes()
        || config.path("tie_word_embeddings").asBoolean(family == Family.GEMMA3);
  }

  private int headSize() {
    int fallback =
        switch (family) {
          case GEMMA3 -> 256;
          case QWEN3 -> 128;
          case LLAMA, MISTRAL, MIXTRAL, QWEN2, QWEN3_MOE, BERT, ROBERTA, XLM_ROBERTA ->
              config.integer("hidden_size", 2304) / heads();
        };
    int size = config.integer("head_dim", fallback);
    if (size > LARGEST_HEAD) {
      throw new MalformedFile(file, -1, "a head of %d numbers".formatted(size));
    }
    return size;
  }

  /// GGUF's keys; `name` is what the model is called where nothing says so.
  GgufHeader header(String name) {
    boolean gemma = family == Family.GEMMA3;
    header.text("general.architecture", family.architecture);
    header.text("general.type", "model");
    header.text("general.name", Path.of(name).getFileName().toString());
    header.integer(key("vocab_size"), vocabularySize());
    if (family.encodes()) {
      new BertSettings(config, family).describe(header);
      return header;
    }
    header.integer(key("context_length"), config.integer("max_position_embeddings", positions()));
    header.integer(key("embedding_length"), config.integer("hidden_size", gemma ? 2304 : 0));
    header.integer(key("block_count"), layers());
    header.integer(
        key("feed_forward_length"), config.integer("intermediate_size", gemma ? 9216 : 0));
    header.integer(key("attention.head_count"), heads());
    header.integer(key("attention.head_count_kv"), kvHeads());
    header.integer(key("attention.key_length"), headSize());
    header.integer(key("attention.value_length"), headSize());
    header.integer(key("rope.dimension_count"), headSize());
    float epsilon = config.number(config.path("rms_norm_eps"), "rms_norm_eps", 1e-6f);
    header.number(key("attention.layer_norm_rms_epsilon"), epsilon);
    activation(gemma ? "gelu_pytorch_tanh" : "silu");
    experts();
    rotary().describe(header, family.architecture);
    windows();
    return header;
  }

  private int layers() {
    int layers = config.integer("num_hidden_layers", family == Family.GEMMA3 ? 26 : 0);
    if (layers > MOST_LAYERS) {
      throw new MalformedFile(file, -1, "num_hidden_layers is %d".formatted(layers));
    }
    return layers;
  }

  private int positions() {
    return switch (family) {
      case LLAMA -> 2048;
      case BERT, ROBERTA, XLM_ROBERTA -> 512;
      case MISTRAL, MIXTRAL, GEMMA3 -> 131_072;
      case QWEN2, QWEN3, QWEN3_MOE -> 32_768;
    };
  }

  private void activation(String served) {
    String key = family == Family.GEMMA3 ? "hidden_activation" : "hidden_act";
    String asked = config.path(key).asString(served);
    if (!asked.equals(served)) {
      throw new Unsupported("The activation %s (%s)".formatted(asked, file), served);
    }
  }

  private void experts() {
    if (family == Family.MIXTRAL) {
      header.integer(key("expert_count"), config.integer("num_local_experts", 8));
      header.integer(key("expert_used_count"), config.integer("num_experts_per_tok", 2));
    }
    if (family == Family.QWEN3_MOE) {
      header.integer(
          key("expert_count"),
          config.integer("num_experts", config.integer("num_local_experts", 128)));
      header.integer(key("expert_used_count"), config.integer("num_experts_per_tok", 8));
      header.integer(
          key("expert_feed_forward_length"), config.integer("moe_intermediate_size", 768));
      config.require("norm_topk_prob", config.path("norm_topk_prob").asBoolean(false), "true");
      boolean all = config.path("mlp_only_layers").isEmpty();
      config.require(
          "mlp_only_layers", all && config.integer("decoder_sparse_step", 1) == 1, "none");
    }
  }

  /// Which row of an encoder's positions is that of a text's first token.
  int firstPosition() {
    return new BertSettings(config, family).firstPosition();
  }

  private RotarySettings rotary() {
    return new RotarySettings(config, family, headSize(), positions());
  }

  /// Divisors of the rotary frequencies, where the model has Llama 3's scaling.
  Optional<float[]> rotaryFactors() {
    return family.encodes() ? Optional.empty() : rotary().factors();
  }

  private void windows() {
    boolean mixed =
        config.path("layer_types").valueStream().map(type -> type.asString("")).distinct().count()
            > 1;
    config.require("layer_types", !mixed || family == Family.GEMMA3, "layers of one kind");
    boolean causal = !config.path("use_bidirectional_attention").asBoolean(false);
    config.require("use_bidirectional_attention", causal, "false");
    switch (family) {
      case LLAMA, BERT, ROBERTA, XLM_ROBERTA -> {}
      case MISTRAL, MIXTRAL -> {
        JsonNode window = config.path("sliding_window");
        boolean assumed = family == Family.MISTRAL && window.isMissingNode();
        if (assumed || window.isNumber()) {
          header.integer(
              key("attention.sliding_window"),
              assumed ? 4096 : config.integer("sliding_window", 0));
        }
      }
      case QWEN2, QWEN3, QWEN3_MOE -> {
        boolean none = !config.path("use_sliding_window").asBoolean(false);
        config.require("use_sliding_window", none, "false");
      }
      case GEMMA3 -> gemmaWindows();
    }
  }

  private void gemmaWindows() {
    header.integer(key("attention.sliding_window"), config.integer("sliding_window", 4096));
    config.require(
        "attn_logit_softcapping",
        config.path("attn_logit_softcapping").asDouble(0) == 0,
        "absent for Gemma 3");
    float cap = config.number(config.path("final_logit_softcapping"), "final_logit_softcapping", 0);
    if (cap != 0) {
      header.number(key("final_logit_softcapping"), cap);
    }
    double scalar = config.path("query_pre_attn_scalar").asDouble(256);
    if (scalar != headSize()) {
      header.number(key("attention.scale"), (float) (1 / Math.sqrt(scalar)));
    }
    int period =
        config.integer("_sliding_window_pattern", config.integer("sliding_window_pattern", 6));
    List<Boolean> pattern = new ArrayList<>();
    boolean usual = true;
    for (int layer = 0; layer < layers(); layer++) {
      JsonNode type = config.path("layer_types").path(layer);
      boolean windowed =
          type.isString()
              ? type.asString().equals("sliding_attention")
              : layer % period < period - 1;
      pattern.add(windowed);
      usual &= windowed == layer % 6 < 5;
    }
    if (!usual) {
      header.flags(key("attention.sliding_window_pattern"), pattern);
    }
  }

  private String key(String key) {
    return family.architecture + "." + key;
  }
}
