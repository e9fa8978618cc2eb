package dev.freehold.model.safetensors;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufHeader;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// How positions are embedded, as `config.json` says it.
///
/// @param headSize numbers in a head
/// @param positions positions where `max_position_embeddings` is absent
record RotarySettings(Settings config, Family family, int headSize, int positions) {

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
    return config.number(theta, "rope_theta", fallback);
  }

  /// Writes the keys of architecture `name`.
  void describe(GgufHeader header, String name) {
    header.number(name + ".rope.freq_base", base());
    JsonNode rope = rope("full_attention");
    JsonNode partial =
        rope.has("partial_rotary_factor")
            ? rope.path("partial_rotary_factor")
            : config.path("partial_rotary_factor");
    boolean whole = config.number(partial, "partial_rotary_factor", 1) == 1;
    config.require("partial_rotary_factor", whole, "1");
    switch (scaling()) {
      case "default", "llama3" -> {}
      case "linear" -> {
        header.text(name + ".rope.scaling.type", "linear");
        header.number(
            name + ".rope.scaling.factor", config.number(rope.path("factor"), "factor", 1));
      }
      case "yarn" -> {
        header.text(name + ".rope.scaling.type", "yarn");
        header.number(
            name + ".rope.scaling.factor", config.number(rope.path("factor"), "factor", 1));
        String original = "original_max_position_embeddings";
        header.integer(
            name + ".rope.scaling.original_context_length",
            rope.path(original).asInt(config.integer("max_position_embeddings", positions)));
        for (String odd : List.of("attention_factor", "mscale", "mscale_all_dim", "truncate")) {
          config.require("rope " + odd, !rope.has(odd), "absent");
        }
        header.number(
            name + ".rope.scaling.yarn_beta_fast",
            config.number(rope.path("beta_fast"), "beta_fast", 32));
        header.number(
            name + ".rope.scaling.yarn_beta_slow",
            config.number(rope.path("beta_slow"), "beta_slow", 1));
      }
      default ->
          throw new Unsupported(
              "Rotary scaling %s (%s)".formatted(scaling(), config.file()),
              "default, linear, llama3, yarn");
    }
    if (family == Family.GEMMA3) {
      JsonNode near = rope("sliding_attention").path("rope_theta");
      JsonNode local = config.path("rope_local_base_freq");
      boolean nested = config.path("rope_parameters").path("sliding_attention").isObject();
      header.number(
          name + ".rope.freq_base_swa",
          config.number(nested ? near : local, "rope_local_base_freq", 1e4f));
    }
  }

  private String scaling() {
    JsonNode rope = rope("full_attention");
    return rope.path("rope_type").asString(rope.path("type").asString("default"));
  }

  /// Divisors of the rotary frequencies, where the model has Llama 3's scaling: high frequencies
  /// stay, low ones are divided by `factor`, those between are mixed.
  Optional<float[]> factors() {
    if (!scaling().equals("llama3")) {
      return Optional.empty();
    }
    JsonNode rope = rope("full_attention");
    double factor = config.number(rope.path("factor"), "factor", 8);
    double low = config.number(rope.path("low_freq_factor"), "low_freq_factor", 1);
    double high = config.number(rope.path("high_freq_factor"), "high_freq_factor", 4);
    double original = rope.path("original_max_position_embeddings").asInt(8192);
    float[] factors = new float[headSize / 2];
    for (int i = 0; i < factors.length; i++) {
      double length = 2 * Math.PI * Math.pow(base(), 2.0 * i / headSize);
      double turns = original / length;
      double kept = Math.clamp((turns - low) / (high - low), 0, 1);
      factors[i] = (float) (1 / ((1 - kept) / factor + kept));
    }
    return Optional.of(factors);
  }
}
