package dev.freehold.model.safetensors;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufHeader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `config.json` in GGUF's words. What transformers assumes where a key is absent is assumed here;
/// what changes the computation and is not served is refused.
final class Configuration {

  private final String file;
  private final JsonNode config;
  private final Family family;
  private final GgufHeader header = new GgufHeader();

  private Configuration(String file, JsonNode root) {
    this.file = file;
    String type = root.path("model_type").asString("");
    JsonNode text = root.path("text_config");
    // A model that sees: its text model is described one floor deeper.
    this.config = type.equals("gemma3") && text.isObject() ? text : root;
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
    return integer("num_attention_heads", family == Family.GEMMA3 ? 8 : 0);
  }

  int kvHeads() {
    int fallback =
        switch (family) {
          case LLAMA -> heads();
          case MISTRAL, MIXTRAL -> 8;
          case QWEN2, QWEN3 -> 32;
          case QWEN3_MOE, GEMMA3 -> 4;
        };
    return integer("num_key_value_heads", fallback);
  }

  int vocabularySize() {
    return integer("vocab_size", family == Family.GEMMA3 ? 262_208 : 0);
  }

  /// Whether the head is the embedding.
  boolean tiesHead() {
    return config.path("tie_word_embeddings").asBoolean(family == Family.GEMMA3);
  }

  private int headSize() {
    int fallback =
        switch (family) {
          case GEMMA3 -> 256;
          case QWEN3 -> 128;
          case LLAMA, MISTRAL, MIXTRAL, QWEN2, QWEN3_MOE -> integer("hidden_size", 2304) / heads();
        };
    return integer("head_dim", fallback);
  }

  /// GGUF's keys; `name` is what the model is called where nothing says so.
  GgufHeader header(String name) {
    boolean gemma = family == Family.GEMMA3;
    header.text("general.architecture", family.architecture);
    header.text("general.type", "model");
    header.text("general.name", Path.of(name).getFileName().toString());
    header.integer(key("vocab_size"), vocabularySize());
    header.integer(key("context_length"), integer("max_position_embeddings", positions()));
    header.integer(key("embedding_length"), integer("hidden_size", gemma ? 2304 : 0));
    header.integer(key("block_count"), layers());
    header.integer(key("feed_forward_length"), integer("intermediate_size", gemma ? 9216 : 0));
    header.integer(key("attention.head_count"), heads());
    header.integer(key("attention.head_count_kv"), kvHeads());
    header.integer(key("attention.key_length"), headSize());
    header.integer(key("attention.value_length"), headSize());
    header.integer(key("rope.dimension_count"), headSize());
    float epsilon = number(config.path("rms_norm_eps"), "rms_norm_eps", 1e-6f);
    header.number(key("attention.layer_norm_rms_epsilon"), epsilon);
    activation(gemma ? "gelu_pytorch_tanh" : "silu");
    experts();
    rotary();
    windows();
    return header;
  }

  private int layers() {
    return integer("num_hidden_layers", family == Family.GEMMA3 ? 26 : 0);
  }

  private int positions() {
    return switch (family) {
      case LLAMA -> 2048;
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
      header.integer(key("expert_count"), integer("num_local_experts", 8));
      header.integer(key("expert_used_count"), integer("num_experts_per_tok", 2));
    }
    if (family == Family.QWEN3_MOE) {
      header.integer(
          key("expert_count"), integer("num_experts", integer("num_local_experts", 128)));
      header.integer(key("expert_used_count"), integer("num_experts_per_tok", 8));
      header.integer(key("expert_feed_forward_length"), integer("moe_intermediate_size", 768));
      require("norm_topk_prob", config.path("norm_topk_prob").asBoolean(false), "true");
      boolean all = config.path("mlp_only_layers").isEmpty();
      require("mlp_only_layers", all && integer("decoder_sparse_step", 1) == 1, "none");
    }
  }

  private void require(String key, boolean met, String served) {
    if (!met) {
      throw new Unsupported("%s %s (%s)".formatted(key, config.path(key), file), served);
    }
  }

  /// Where positions are described: transformers 4 has `rope_theta` and `rope_scaling`, 5 has
  /// `rope_parameters`, which Gemma 3 has once for each kind of layer.
  private JsonNode rope(String kind) {
    JsonNode parameters = config.path("rope_parameters");
    if (parameters.path(kind).isObject()) {
      return parameters.path(kind);
    }
    if (parameters.isObject()) {
      return parameters;
    }
    return config.path("rope_scaling").isObject()
        ? config.path("rope_scaling")
        : JsonNodeFactory.instance.objectNode();
  }

  private float base() {
    float fallback = family == Family.GEMMA3 || family == Family.MIXTRAL ? 1e6f : 1e4f;
    JsonNode rope = rope("full_attention");
    JsonNode theta = rope.has("rope_theta") ? rope.path("rope_theta") : config.path("rope_theta");
    return number(theta, "rope_theta", fallback);
  }

  private void rotary() {
    header.number(key("rope.freq_base"), base());
    JsonNode rope = rope("full_attention");
    switch (scaling()) {
      case "default", "llama3" -> {}
      case "linear" -> {
        header.text(key("rope.scaling.type"), "linear");
        header.number(key("rope.scaling.factor"), number(rope.path("factor"), "factor", 1));
      }
      case "yarn" -> {
        header.text(key("rope.scaling.type"), "yarn");
        header.number(key("rope.scaling.factor"), number(rope.path("factor"), "factor", 1));
        String original = "original_max_position_embeddings";
        header.integer(
            key("rope.scaling.original_context_length"),
            rope.path(original).asInt(integer("max_position_embeddings", positions())));
        for (String odd : List.of("attention_factor", "mscale", "mscale_all_dim", "truncate")) {
          require("rope " + odd, !rope.has(odd), "absent");
        }
        header.number(
            key("rope.scaling.yarn_beta_fast"), number(rope.path("beta_fast"), "beta_fast", 32));
        header.number(
            key("rope.scaling.yarn_beta_slow"), number(rope.path("beta_slow"), "beta_slow", 1));
      }
      default ->
          throw new Unsupported(
              "Rotary scaling %s (%s)".formatted(scaling(), file), "default, linear, llama3, yarn");
    }
    if (family == Family.GEMMA3) {
      JsonNode near = rope("sliding_attention").path("rope_theta");
      JsonNode local = config.path("rope_local_base_freq");
      boolean nested = config.path("rope_parameters").path("sliding_attention").isObject();
      header.number(
          key("rope.freq_base_swa"), number(nested ? near : local, "rope_local_base_freq", 1e4f));
    }
  }

  private String scaling() {
    JsonNode rope = rope("full_attention");
    return rope.path("rope_type").asString(rope.path("type").asString("default"));
  }

  /// Divisors of the rotary frequencies, where the model has Llama 3's scaling: high frequencies
  /// stay, low ones are divided by `factor`, those between are mixed.
  Optional<float[]> rotaryFactors() {
    if (!scaling().equals("llama3")) {
      return Optional.empty();
    }
    JsonNode rope = rope("full_attention");
    double factor = number(rope.path("factor"), "factor", 8);
    double low = number(rope.path("low_freq_factor"), "low_freq_factor", 1);
    double high = number(rope.path("high_freq_factor"), "high_freq_factor", 4);
    double original = rope.path("original_max_position_embeddings").asInt(8192);
    float[] factors = new float[headSize() / 2];
    for (int i = 0; i < factors.length; i++) {
      double length = 2 * Math.PI * Math.pow(base(), 2.0 * i / headSize());
      double turns = original / length;
      double kept = Math.clamp((turns - low) / (high - low), 0, 1);
      factors[i] = (float) (1 / ((1 - kept) / factor + kept));
    }
    return Optional.of(factors);
  }

  private void windows() {
    switch (family) {
      case LLAMA, MIXTRAL -> {}
      case MISTRAL -> {
        JsonNode window = config.path("sliding_window");
        if (!window.isNull()) {
          header.integer(key("attention.sliding_window"), window.asInt(4096));
        }
      }
      case QWEN2, QWEN3, QWEN3_MOE -> {
        boolean none = !config.path("use_sliding_window").asBoolean(false);
        require("use_sliding_window", none, "false");
      }
      case GEMMA3 -> gemmaWindows();
    }
  }

  private void gemmaWindows() {
    header.integer(key("attention.sliding_window"), integer("sliding_window", 4096));
    require(
        "attn_logit_softcapping",
        config.path("attn_logit_softcapping").asDouble(0) == 0,
        "absent for Gemma 3");
    float cap = number(config.path("final_logit_softcapping"), "final_logit_softcapping", 0);
    if (cap != 0) {
      header.number(key("final_logit_softcapping"), cap);
    }
    double scalar = config.path("query_pre_attn_scalar").asDouble(256);
    if (scalar != headSize()) {
      header.number(key("attention.scale"), (float) (1 / Math.sqrt(scalar)));
    }
    int period = integer("_sliding_window_pattern", integer("sliding_window_pattern", 6));
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

  private int integer(String key, int fallback) {
    JsonNode node = config.path(key);
    if (node.isMissingNode() || node.isNull()) {
      if (fallback == 0) {
        throw new MalformedFile(file, -1, key + " is missing");
      }
      return fallback;
    }
    if (!node.canConvertToInt() || node.asInt(0) < 1) {
      throw new MalformedFile(file, -1, "%s is %s".formatted(key, node));
    }
    return node.asInt();
  }

  private float number(JsonNode node, String key, float fallback) {
    if (node.isMissingNode() || node.isNull()) {
      return fallback;
    }
    float number = node.isNumber() ? (float) node.asDouble() : Float.NaN;
    if (!Float.isFinite(number)) {
      throw new MalformedFile(file, -1, "%s is %s".formatted(key, node));
    }
    return number;
  }
}
