package dev.freehold.remote;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The chunks of one answer of OpenAI's API. Belongs to one thread.
final class OpenAiChunks implements Wire.Reading {
  private final String upstream;
  private final boolean logprobs;
  private final boolean offered;
  private final List<String> calls = new ArrayList<>();
  private String reason = "";
  private String fingerprint = "";
  private ChatEvent.Usage usage = new ChatEvent.Usage(-1, 0, 0);

  OpenAiChunks(String upstream, ChatRequest request) {
    this.upstream = upstream;
    this.logprobs = request.topLogprobs().isPresent();
    this.offered = !Wanted.conversation(request).toolUse().shown().isEmpty();
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
    String named = Json.text(chunk, "system_fingerprint");
    fingerprint = named.isEmpty() ? fingerprint : named;
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
              Json.number(sent, "completion_tokens"),
              Json.number(sent.path("completion_tokens_details"), "reasoning_tokens"));
    }
  }

  private void choice(JsonNode choice, java.util.function.Consumer<ChatEvent> out) {
    if (Json.number(choice, "index") != 0) {
      throw broken("sent more than one choice");
    }
    JsonNode delta = choice.path("delta");
    if (delta.path("function_call").isObject()) {
      throw broken("called a tool in a form that was given up");
    }
    String thought = Json.text(delta, "reasoning_content");
    thought = thought.isEmpty() ? Json.text(delta, "reasoning") : thought;
    if (!thought.isEmpty()) {
      out.accept(new ChatEvent.Reasoning(thought));
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
    for (JsonNode call : delta.path("tool_calls")) {
      call(call, out);
    }
    String ended = Json.text(choice, "finish_reason");
    reason = ended.isEmpty() ? reason : ended;
  }

  /// A piece of a call. Some servers send whole calls and number none of them.
  private void call(JsonNode call, java.util.function.Consumer<ChatEvent> out) {
    if (!offered) {
      throw broken("called a tool that nobody offered");
    }
    JsonNode function = call.path("function");
    String id = Json.text(call, "id");
    boolean numbered = call.path("index").isIntegralNumber();
    int index = numbered ? Json.number(call, "index") : Math.max(0, calls.size() - 1);
    if (!numbered && !id.isEmpty() && !calls.contains(id)) {
      index = calls.size();
    }
    if (index == calls.size()) {
      String name = Json.text(function, "name");
      if (name.isEmpty()) {
        throw broken("called a tool without a name");
      }
      calls.add(id.isEmpty() ? "call_" + index : id);
      out.accept(new ChatEvent.ToolCallBegun(index, calls.get(index), name));
    } else if (index > calls.size()) {
      throw broken("called a tool out of turn");
    }
    String arguments = Json.text(function, "arguments");
    if (!arguments.isEmpty()) {
      out.accept(new ChatEvent.ToolCallArguments(index, arguments));
    }
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
          case "stop", "eos" ->
              calls.isEmpty() ? ChatEvent.FinishReason.STOP : ChatEvent.FinishReason.TOOL_CALLS;
          case "tool_calls" -> {
            if (calls.isEmpty()) {
              throw broken("ended for a call that it never made");
            }
            yield ChatEvent.FinishReason.TOOL_CALLS;
          }
          case "length", "model_length" -> ChatEvent.FinishReason.LENGTH;
          case "content_filter" ->
              throw new Unavailable(
                  "%s cut the answer: its content filter stopped it.".formatted(upstream));
          default -> throw broken("ended for a reason that is not known here");
        },
        usage,
        fingerprint);
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
