package dev.freehold.model.safetensors.family;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufHeader;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// How positions are embedded, as `config.json` says it: transformers 4 has `rope_theta` and
/// `rope_scaling`, 5 has `rope_parameters`, some families once for each kind of layer.
///
/// @param kind which of them, where there are several
/// @param assumedBase the base where none is stated
/// @param positions the longest text
record Rotary(Settings config, String kind, float assumedBase, int positions) {

  private static final String ORIGINAL = "original_max_position_embeddings";

  /// The object that describes them.
  JsonNode parameters() {
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

  private JsonNode there(String key) {
    return parameters().hasNonNull(key) ? parameters().path(key) : config.path(key);
  }

  float base() {
    return config.number(there("rope_theta"), "rope_theta", assumedBase);
  }

  /// Which share of a head is turned.
  float share() {
    return share(1);
  }

  /// Which share of a head is turned, or `fallback`.
  float share(float fallback) {
    return config.number(there("partial_rotary_factor"), "partial_rotary_factor", fallback);
  }

  String scaling() {
    JsonNode rope = parameters();
    return rope.path("rope_type").asString(rope.path("type").asString("default"));
  }

  /// A number of the scaling.
  float number(String key, float fallback) {
    return config.number(parameters().path(key), key, fallback);
  }

  /// Positions before the model was stretched.
  int original(int fallback) {
    return config.integer(there(ORIGINAL), ORIGINAL, fallback);
  }

  /// Whether something other than null stands under `key`.
  boolean has(String key) {
    return parameters().hasNonNull(key);
  }

  /// Writes base and scaling of architecture `name`.
  ///
  /// @param known keys beside the usual ones that the family writes or refuses itself
  void describe(GgufHeader header, String name, String... known) {
    header.number(name + ".rope.freq_base", base());
    switch (scaling()) {
      case "default", "llama3" -> {}
      case "linear" -> {
        header.text(name + ".rope.scaling.type", "linear");
        header.number(name + ".rope.scaling.factor", number("factor", 1));
      }
      case "yarn" -> yarn(header, name, Arrays.asList(known));
      default -> throw unserved("default, linear, llama3, yarn");
    }
  }

  private void yarn(GgufHeader header, String name, List<String> known) {
    for (String odd : List.of("attention_factor", "mscale", "mscale_all_dim", "truncate")) {
      config.require("rope " + odd, known.contains(odd) || !has(odd), "absent");
    }
    header.text(name + ".rope.scaling.type", "yarn");
    header.number(name + ".rope.scaling.factor", number("factor", 1));
    header.integer(name + ".rope.scaling.original_context_length", original(positions));
    header.number(name + ".rope.scaling.yarn_beta_fast", number("beta_fast", 32));
    header.number(name + ".rope.scaling.yarn_beta_slow", number("beta_slow", 1));
  }

  Unsupported unserved(String served) {
    return new Unsupported("Rotary scaling %s (%s)".formatted(scaling(), config.file()), served);
  }

  /// Divisors of the frequencies, one for each pair, as a list of the scaling has them.
  float[] divisors(String key, int turned) {
    JsonNode list = parameters().path(key);
    float[] divisors = new float[list.size()];
    for (int i = 0; i < divisors.length; i++) {
      divisors[i] = config.number(list.path(i), key, 0);
    }
    if (divisors.length != turned / 2) {
      throw new MalformedFile(
          config.file(), -1, "%s has %d numbers".formatted(key, divisors.length));
    }
    return divisors;
  }

  /// Divisors of the frequencies, where the model has Llama 3's scaling: high frequencies stay, low
  /// ones are divided by `factor`, those between are mixed.
  Optional<float[]> llama3(int turned) {
    if (!scaling().equals("llama3")) {
      return Optional.empty();
    }
    double factor = number("factor", 8);
    double low = number("low_freq_factor", 1);
    double high = number("high_freq_factor", 4);
    double original = original(8192);
    float[] factors = new float[turned / 2];
    for (int i = 0; i < factors.length; i++) {
      double length = 2 * Math.PI * Math.pow(base(), 2.0 * i / turned);
      double turns = original / length;
      double kept = Math.clamp((turns - low) / (high - low), 0, 1);
      factors[i] = (float) (1 / ((1 - kept) / factor + kept));
    }
    return Optional.of(factors);
  }
}
