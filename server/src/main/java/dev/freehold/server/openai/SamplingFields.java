package dev.freehold.server.openai;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Sampling;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The fields that chat and plain completions have in common.
final class SamplingFields {

  private SamplingFields() {}

  /// How to choose tokens: OpenAI's fields, and `top_k`, `min_p`, `repeat_penalty` as llama.cpp's
  /// server has them.
  static Sampling sampling(Fields fields) {
    Sampling usual = Sampling.DEFAULT;
    return new Sampling(
        fields.number("temperature").orElse(usual.temperature()),
        fields.whole("top_k", 0, Integer.MAX_VALUE).orElse(usual.topK()),
        fields.number("top_p").orElse(usual.topP()),
        fields.number("min_p").orElse(usual.minP()),
        fields.number("repeat_penalty").orElse(usual.repeatPenalty()),
        fields.number("presence_penalty").orElse(usual.presencePenalty()),
        fields.number("frequency_penalty").orElse(usual.frequencyPenalty()),
        fields.wholeLong("seed"));
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
