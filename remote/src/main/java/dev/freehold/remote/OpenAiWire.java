package dev.freehold.remote;

import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.Unavailable;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// OpenAI's chat completions as OpenAI, Azure, Mistral, vLLM, llama.cpp, Ollama and Freehold speak
/// them.
///
/// What asks for nothing beyond the API's own default is left out, since some models refuse a
/// temperature even where it is the usual one.
///
/// @param dialect which of them
/// @param apiVersion Azure's `api-version`; empty elsewhere
record OpenAiWire(Dialect dialect, String apiVersion) implements Wire {

  @Override
  public Map<String, String> headers(String key) {
    if (key.isEmpty()) {
      return Map.of();
    }
    return dialect == Dialect.AZURE
        ? Map.of("api-key", key)
        : Map.of("Authorization", "Bearer " + key);
  }

  @Override
  public String answerPath(String model) {
    return dialect == Dialect.AZURE
        ? "/openai/deployments/%s/chat/completions?api-version=%s"
            .formatted(encoded(model), encoded(apiVersion))
        : "/chat/completions";
  }

  @Override
  public String listPath() {
    return dialect == Dialect.AZURE
        ? "/openai/models?api-version=" + encoded(apiVersion)
        : "/models";
  }

  @Override
  public boolean scores() {
    return dialect.honours(Dialect.Field.SCORES);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public ObjectNode body(String model, ChatRequest request) {
    Wanted.check(dialect, request);
    ObjectNode body = Json.object();
    if (dialect != Dialect.AZURE) {
      body.put("model", model);
    }
    body.put("stream", true);
    if (dialect != Dialect.MISTRAL) {
      // Mistral tells what an answer took without being asked, and refuses fields it does not know.
      body.putObject("stream_options").put("include_usage", true);
    }
    OpenAiMessages.write(body, Wanted.conversation(request));
    sampling(body, request.sampling());
    format(body, request.format());
    request.maxTokens().ifPresent(most -> body.put(maxTokensField(), most));
    if (!request.stop().isEmpty()) {
      ArrayNode stop = body.putArray("stop");
      request.stop().forEach(stop::add);
    }
    request
        .topLogprobs()
        .ifPresent(top -> {
          body.put("logprobs", true);
          if (top > 0) {
            body.put("top_logprobs", top);
          }
        });
    return body;
  }

  private String maxTokensField() {
    return switch (dialect) {
      case OPENAI, AZURE, FREEHOLD -> "max_completion_tokens";
      case MISTRAL, VLLM, LLAMACPP, OLLAMA, COMPATIBLE, ANTHROPIC -> "max_tokens";
    };
  }

  private void sampling(ObjectNode body, Sampling wanted) {
    Sampling usual = Sampling.DEFAULT;
    // Ollama and some others have defaults of their own for the two that all of them know.
    boolean same = dialect == Dialect.OPENAI || dialect == Dialect.AZURE;
    if (!same || wanted.temperature() != usual.temperature()) {
      body.put("temperature", wanted.temperature());
    }
    if (!same || wanted.topP() != usual.topP()) {
      body.put("top_p", wanted.topP());
    }
    put(body, "presence_penalty", wanted.presencePenalty(), usual.presencePenalty());
    put(body, "frequency_penalty", wanted.frequencyPenalty(), usual.frequencyPenalty());
    if (dialect.honours(Dialect.Field.TOP_K)) {
      // Sent always: these servers filter by defaults of their own where they are told nothing.
      body.put("top_k", dialect == Dialect.VLLM && wanted.topK() == 0 ? -1 : wanted.topK());
      body.put("min_p", wanted.minP());
      body.put(
          dialect == Dialect.VLLM ? "repetition_penalty" : "repeat_penalty",
          wanted.repeatPenalty());
    }
    wanted
        .seed()
        .ifPresent(seed -> body.put(dialect == Dialect.MISTRAL ? "random_seed" : "seed", seed));
  }

  private static void format(ObjectNode body, ResponseFormat format) {
    switch (format) {
      case ResponseFormat.JsonObject() ->
          body.putObject("response_format").put("type", "json_object");
      case ResponseFormat.JsonSchema(String name, String schema) -> {
        ObjectNode wanted = body.putObject("response_format").put("type", "json_schema");
        ObjectNode inner = wanted.putObject("json_schema");
        inner.put("name", name.isEmpty() ? "answer" : name).put("strict", true);
        inner.set("schema", Json.read(schema));
      }
      // The others are refused before.
      case ResponseFormat.Free(),
          ResponseFormat.Regex(String _),
          ResponseFormat.OneOf(List<String> _),
          ResponseFormat.Gbnf(String _) -> {}
    }
  }

  private static void put(ObjectNode body, String field, double value, double usual) {
    if (value != usual) {
      body.put(field, value);
    }
  }

  @Override
  public List<UpstreamModelEntry> models(String upstream, JsonNode listing) {
    JsonNode data = listing.path("data");
    if (!data.isArray()) {
      throw new Unavailable("%s sent no list of models.".formatted(upstream));
    }
    List<UpstreamModelEntry> entries = new ArrayList<>();
    for (JsonNode one : data) {
      String id = Json.text(one, "id");
      if (!id.isBlank() && id.length() <= 300) {
        int window = Json.number(one, "max_model_len");
        window = window > 0 ? window : Json.number(one, "context_length");
        window = window > 0 ? window : Json.number(one, "max_context_length");
        entries.add(
            new UpstreamModelEntry(id, window, UpstreamModelEntry.date(one.path("shutdown_date"))));
      }
    }
    return entries;
  }

  @Override
  public Reading reading(String upstream, ChatRequest request) {
    return new OpenAiChunks(upstream, request);
  }
}
