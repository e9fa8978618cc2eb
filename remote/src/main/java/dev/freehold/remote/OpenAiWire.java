package dev.freehold.remote;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
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
    ArrayNode messages = body.putArray("messages");
    for (Message message : Wanted.conversation(request)) {
      String text =
          switch (message) {
            case Message.System(String said) -> said;
            case Message.User(String said) -> said;
            case Message.Assistant(String said) -> said;
          };
      messages.addObject().put("role", message.role()).put("content", text);
    }
    sampling(body, request.sampling());
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
    return new Chunks(upstream, request.topLogprobs().isPresent());
  }

  /// The chunks of one answer.
  private static final class Chunks implements Reading {
    private final String upstream;
    private final boolean logprobs;
    private String reason = "";
    private ChatEvent.Usage usage = new ChatEvent.Usage(-1, 0, 0);

    Chunks(String upstream, boolean logprobs) {
      this.upstream = upstream;
      this.logprobs = logprobs;
    }

    @Override
    public void accept(ServerSentEvents.Event event, java.util.function.Consumer<ChatEvent> out) {
      if (event.data().strip().equals("[DONE]")) {
        out.accept(finished());
        return;
      }
      JsonNode chunk = Json.read(event.data());
      if (!chunk.isObject()) {
        throw broken("sent an event that is no JSON object");
      }
      JsonNode error = chunk.path("error");
      if (error.isObject() || error.isString() || event.name().equals("error")) {
        throw UpstreamFailure.inStream(upstream, error.isString() ? chunk : error);
      }
      usage(chunk.path("usage"));
      for (JsonNode choice : chunk.path("choices")) {
        choice(choice, out);
      }
    }

    private void usage(JsonNode sent) {
      if (sent.isObject()) {
        usage =
            new ChatEvent.Usage(
                Json.number(sent, "prompt_tokens"),
                Json.number(sent.path("prompt_tokens_details"), "cached_tokens"),
                Json.number(sent, "completion_tokens"));
      }
    }

    private void choice(JsonNode choice, java.util.function.Consumer<ChatEvent> out) {
      if (Json.number(choice, "index") != 0) {
        throw broken("sent more than one choice");
      }
      JsonNode delta = choice.path("delta");
      if (!delta.path("tool_calls").isEmpty() || delta.path("function_call").isObject()) {
        throw broken("called a tool that nobody offered");
      }
      String text = Json.text(delta, "content") + Json.text(delta, "refusal");
      List<ChatEvent.TokenLogprob> tokens = tokens(choice.path("logprobs").path("content"));
      if (!text.isEmpty() || !tokens.isEmpty()) {
        if (!reason.isEmpty()) {
          throw broken("went on after it had ended");
        }
        if (logprobs && tokens.isEmpty()) {
          throw new InvalidRequest(
              "%s does not give log-probabilities for this model.".formatted(upstream), "logprobs");
        }
        out.accept(new ChatEvent.Text(text, logprobs ? tokens : List.of()));
      }
      String ended = Json.text(choice, "finish_reason");
      reason = ended.isEmpty() ? reason : ended;
    }

    private ChatEvent finished() {
      if (reason.isEmpty()) {
        throw broken("ended without a reason");
      }
      if (usage.promptTokens() < 0) {
        throw broken("ended without saying what it took");
      }
      return new ChatEvent.Finished(
          switch (reason) {
            case "stop", "eos" -> ChatEvent.FinishReason.STOP;
            case "length", "model_length" -> ChatEvent.FinishReason.LENGTH;
            case "content_filter" ->
                throw new Unavailable(
                    "%s cut the answer: its content filter stopped it.".formatted(upstream));
            default -> throw broken("ended for a reason that is not known here");
          },
          usage);
    }

    private List<ChatEvent.TokenLogprob> tokens(JsonNode content) {
      List<ChatEvent.TokenLogprob> tokens = new ArrayList<>();
      for (JsonNode one : content) {
        tokens.add(token(one, tokens(one.path("top_logprobs"))));
      }
      return tokens;
    }

    private static ChatEvent.TokenLogprob token(JsonNode one, List<ChatEvent.TokenLogprob> top) {
      String text = Json.text(one, "token");
      JsonNode sent = one.path("bytes");
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (sent.isArray()) {
        bytes = new byte[sent.size()];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) sent.get(i).asInt(0);
        }
      }
      return new ChatEvent.TokenLogprob(text, bytes, one.path("logprob").asDouble(0), top);
    }

    private Unavailable broken(String what) {
      return UpstreamFailure.broken(upstream, what);
    }
  }
}
