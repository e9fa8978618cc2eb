package dev.freehold.remote;

import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Sampling;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Anthropic's messages API, version 2023-06-01.
record AnthropicWire() implements Wire {

  /// The API demands a limit; this is what every one of its models can give.
  private static final int LONGEST = 4096;

  @Override
  public Map<String, String> headers(String key) {
    return key.isEmpty()
        ? Map.of("anthropic-version", "2023-06-01")
        : Map.of("anthropic-version", "2023-06-01", "x-api-key", key);
  }

  @Override
  public String answerPath(String model) {
    return "/v1/messages";
  }

  @Override
  public String listPath() {
    return "/v1/models?limit=1000";
  }

  @Override
  public boolean scores() {
    return false;
  }

  @Override
  public ObjectNode body(String model, ChatRequest request) {
    Wanted.check(Dialect.ANTHROPIC, request);
    Sampling sampling = request.sampling();
    if (sampling.temperature() > 1) {
      throw new InvalidRequest(
          "temperature is %s, and the upstream behind this model takes 0 to 1."
              .formatted(sampling.temperature()),
          "temperature");
    }
    ObjectNode body = Json.object().put("model", model).put("stream", true);
    body.put("max_tokens", request.maxTokens().orElse(LONGEST));
    AnthropicMessages.write(body, Wanted.conversation(request));
    if (sampling.temperature() != 1) {
      body.put("temperature", sampling.temperature());
    }
    if (sampling.topP() != 1) {
      body.put("top_p", sampling.topP());
    }
    if (sampling.topK() != 0) {
      body.put("top_k", sampling.topK());
    }
    if (!request.stop().isEmpty()) {
      ArrayNode stop = body.putArray("stop_sequences");
      request.stop().forEach(stop::add);
    }
    return body;
  }

  @Override
  public List<UpstreamModelEntry> models(String upstream, JsonNode listing) {
    return new OpenAiWire(Dialect.COMPATIBLE, "").models(upstream, listing);
  }

  @Override
  public Reading reading(String upstream, ChatRequest request) {
    return new AnthropicBlocks(upstream, request);
  }
}
