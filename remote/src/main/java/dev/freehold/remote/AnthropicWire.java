package dev.freehold.remote;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.Unavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
    messages(body, Wanted.conversation(request).messages());
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

  private static void messages(ObjectNode body, List<Message> messages) {
    List<String> system = new ArrayList<>();
    ArrayNode array = body.putArray("messages");
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      switch (message) {
        case Message.System(String instructions) -> {
          if (!array.isEmpty()) {
            throw new InvalidRequest(
                "The upstream behind this model takes system messages at the beginning only.",
                "messages[%d].role".formatted(i));
          }
          system.add(instructions);
        }
        case Message.User(String said) ->
            array.addObject().put("role", "user").put("content", said);
        case Message.Assistant(String said, String _, List<ToolCall> _) ->
            array.addObject().put("role", "assistant").put("content", said);
        case Message.Tool(String _, String _) ->
            throw new InvalidRequest(
                "The upstream behind this model is not offered tools yet.",
                "messages[%d].role".formatted(i));
      }
    }
    if (array.isEmpty()) {
      throw new InvalidRequest(
          "The upstream behind this model needs a message of the user.", "messages");
    }
    if (!system.isEmpty()) {
      body.put("system", String.join("\n\n", system));
    }
  }

  @Override
  public List<UpstreamModelEntry> models(String upstream, JsonNode listing) {
    return new OpenAiWire(Dialect.COMPATIBLE, "").models(upstream, listing);
  }

  @Override
  public Reading reading(String upstream, ChatRequest request) {
    return new Blocks(upstream);
  }

  /// The events of one answer.
  private static final class Blocks implements Reading {
    private final String upstream;
    private boolean begun;
    private int input;
    private int cached;
    private int output;
    private String reason = "";

    Blocks(String upstream) {
      this.upstream = upstream;
    }

    @Override
    public void accept(ServerSentEvents.Event event, Consumer<ChatEvent> out) {
      JsonNode data = Json.read(event.data());
      if (!data.isObject()) {
        throw broken("sent an event that is no JSON object");
      }
      String type = Json.text(data, "type");
      if (type.equals("error")) {
        throw UpstreamFailure.inStream(upstream, data.path("error"));
      }
      if (!begun && !type.equals("message_start") && !type.equals("ping")) {
        throw broken("began in the middle of a message");
      }
      switch (type) {
        case "message_start" -> {
          begun = true;
          JsonNode usage = data.path("message").path("usage");
          cached = Json.number(usage, "cache_read_input_tokens");
          input =
              Json.number(usage, "input_tokens")
                  + cached
                  + Json.number(usage, "cache_creation_input_tokens");
          output = Json.number(usage, "output_tokens");
        }
        case "content_block_start" -> {
          if (!Json.text(data.path("content_block"), "type").equals("text")) {
            throw broken("sent something that is not text");
          }
          text(Json.text(data.path("content_block"), "text"), out);
        }
        case "content_block_delta" -> {
          if (!Json.text(data.path("delta"), "type").equals("text_delta")) {
            throw broken("sent something that is not text");
          }
          text(Json.text(data.path("delta"), "text"), out);
        }
        case "message_delta" -> {
          reason = Json.text(data.path("delta"), "stop_reason");
          output = Json.number(data.path("usage"), "output_tokens");
        }
        case "message_stop" -> out.accept(finished());
        // The API's own rule: events of later versions are to be passed over.
        default -> {}
      }
    }

    private void text(String text, Consumer<ChatEvent> out) {
      if (!text.isEmpty()) {
        out.accept(new ChatEvent.Text(text, List.of()));
      }
    }

    private ChatEvent finished() {
      return new ChatEvent.Finished(
          switch (reason) {
            case "end_turn", "stop_sequence" -> ChatEvent.FinishReason.STOP;
            case "max_tokens", "model_context_window_exceeded" -> ChatEvent.FinishReason.LENGTH;
            case "refusal" ->
                throw new Unavailable(
                    "%s cut the answer: it refuses to go on.".formatted(upstream));
            default -> throw broken("ended for a reason that is not known here");
          },
          new ChatEvent.Usage(input, cached, output));
    }

    private Unavailable broken(String what) {
      return UpstreamFailure.broken(upstream, what);
    }
  }
}
