package dev.freehold.server.openai;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Sampling;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;

/// The fields that chat and plain completions have in common.
final class SamplingFields {

  private SamplingFields() {}

  private static final int MOST_BIASES = 1_024;

  /// How to choose tokens: OpenAI's fields, and beside them those of llama.cpp's server and vLLM
  /// under their names there.
  static Sampling sampling(Fields fields) {
    Sampling usual = Sampling.DEFAULT;
    OptionalDouble overAll = fields.number("repetition_penalty");
    if (overAll.isPresent() && (has(fields, "repeat_penalty") || has(fields, "repeat_last_n"))) {
      throw new InvalidRequest(
          "repetition_penalty is vLLM's name of a repeat_penalty over the whole text; give one of them.",
          "repetition_penalty");
    }
    return new Sampling(
        fields.number("temperature").orElse(usual.temperature()),
        Math.max(0, fields.whole("top_k", -1, Integer.MAX_VALUE).orElse(usual.topK())),
        fields.number("top_p").orElse(usual.topP()),
        fields.number("min_p").orElse(usual.minP()),
        fields.number("typical_p").orElse(usual.typicalP()),
        new Sampling.Xtc(
            fields.number("xtc_probability").orElse(usual.xtc().probability()),
            fields.number("xtc_threshold").orElse(usual.xtc().threshold())),
        overAll.orElse(fields.number("repeat_penalty").orElse(usual.repeatPenalty())),
        overAll.isPresent()
            ? -1
            : fields.whole("repeat_last_n", -1, Integer.MAX_VALUE).orElse(usual.repeatLastN()),
        fields.number("presence_penalty").orElse(usual.presencePenalty()),
        fields.number("frequency_penalty").orElse(usual.frequencyPenalty()),
        dry(fields),
        mirostat(fields),
        logitBias(fields),
        fields.wholeLong("seed"));
  }

  private static boolean has(Fields fields, String name) {
    return fields.any(name).isPresent();
  }

  private static Sampling.Dry dry(Fields fields) {
    Sampling.Dry usual = Sampling.Dry.OFF;
    return new Sampling.Dry(
        fields.number("dry_multiplier").orElse(usual.multiplier()),
        fields.number("dry_base").orElse(usual.base()),
        fields.whole("dry_allowed_length", 1, Integer.MAX_VALUE).orElse(usual.allowedLength()),
        fields.whole("dry_penalty_last_n", -1, Integer.MAX_VALUE).orElse(usual.lastN()),
        fields.texts("dry_sequence_breakers").orElse(usual.sequenceBreakers()));
  }

  private static Sampling.Mirostat mirostat(Fields fields) {
    Sampling.Mirostat usual = Sampling.Mirostat.OFF;
    return new Sampling.Mirostat(
        fields.whole("mirostat", 0, 2).orElse(usual.version()),
        fields.number("mirostat_tau").orElse(usual.tau()),
        fields.number("mirostat_eta").orElse(usual.eta()));
  }

  /// `logit_bias`: token ids with what is added to their logits.
  private static Map<Integer, Double> logitBias(Fields fields) {
    Map<Integer, Double> biases = new HashMap<>();
    Optional<JsonNode> node = fields.any("logit_bias");
    if (node.isEmpty()) {
      return biases;
    }
    if (!node.get().isObject() || node.get().size() > MOST_BIASES) {
      throw new InvalidRequest(
          "logit_bias must be an object of at most %,d token ids.".formatted(MOST_BIASES),
          "logit_bias");
    }
    for (String token : node.get().propertyNames()) {
      JsonNode bias = node.get().get(token);
      if (!token.matches("\\d{1,9}") || !bias.isNumber()) {
        throw new InvalidRequest(
            "logit_bias must give token ids and for each a number from -100 to 100.", "logit_bias");
      }
      biases.put(Integer.valueOf(token), bias.doubleValue());
    }
    return biases;
  }

  /// `lora`, as llama.cpp's server has it: `[{"id": …, "scale": …}]`. Adapters have names here, as
  /// vLLM's do, and no numbers.
  static List<AdapterUse> adapters(Fields fields) {
    List<AdapterUse> uses = new ArrayList<>();
    Optional<JsonNode> node = fields.any("lora");
    if (node.isEmpty()) {
      return uses;
    }
    if (!node.get().isArray()) {
      throw new InvalidRequest("lora must be a list of objects with id and scale.", "lora");
    }
    for (JsonNode entry : node.get()) {
      JsonNode id = entry.path("id");
      JsonNode scale = entry.path("scale");
      if (!entry.isObject() || entry.size() != 2 || !id.isString() || !scale.isNumber()) {
        throw new InvalidRequest(
            "lora takes objects of an id, which is an adapter's name, and a scale.", "lora");
      }
      uses.add(new AdapterUse(id.stringValue(), scale.doubleValue()));
    }
    return uses;
  }

  /// `stop`: a string or a list of them.
  static List<String> stop(Fields fields) {
    Optional<JsonNode> stop = fields.any("stop");
    return stop.filter(JsonNode::isArray).isPresent()
        ? fields.texts("stop").orElseThrow()
        : fields.text("stop").map(List::of).orElse(List.of());
  }

  /// Within which the cache of prompts is shared: the principal's own requests, and where the
  /// caller names its own users or a cache key, only those of the same.
  static String cacheScope(Fields fields, Exchange exchange) {
    var scope = new StringBuilder(exchange.principal().id());
    for (String field : List.of("user", "safety_identifier", "prompt_cache_key")) {
      fields
          .text(field)
          .ifPresent(value -> {
            scope.append('\n').append(field).append(':').append(value);
            if (!field.equals("prompt_cache_key")) {
              exchange.onBehalfOf(value);
            }
          });
    }
    return scope.toString();
  }

  /// `stream_options.include_usage`.
  static boolean includeUsage(Fields fields, boolean stream) {
    Optional<JsonNode> node = fields.any("stream_options");
    if (node.isEmpty()) {
      return false;
    }
    if (!stream) {
      throw new InvalidRequest(
          "stream_options is only allowed where stream is true.", "stream_options");
    }
    Fields options = Fields.inside(node.get(), "stream_options");
    boolean usage = options.flag("include_usage").orElse(false);
    options.refuse(
        "include_obfuscation",
        value -> value.isBoolean() && !value.booleanValue(),
        "the stream carries no padding.");
    options.refuseOthers();
    return usage;
  }
}
