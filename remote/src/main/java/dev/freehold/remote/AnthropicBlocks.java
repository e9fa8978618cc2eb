package dev.freehold.remote;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Unavailable;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// The events of one answer of Anthropic's messages API: blocks of text, and calls of tools whose
/// arguments come in pieces of JSON. Belongs to one thread.
final class AnthropicBlocks implements Wire.Reading {

  private enum Block {
    NONE,
    TEXT,
    CALL
  }

  private final String upstream;
  private final boolean offered;
  private boolean begun;
  private int input;
  private int cached;
  private int output;
  private int calls;
  private Block open = Block.NONE;
  private boolean argued;
  private String reason = "";

  AnthropicBlocks(String upstream, ChatRequest request) {
    this.upstream = upstream;
    this.offered = !Wanted.conversation(request).toolUse().shown().isEmpty();
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
      case "message_start" -> start(data.path("message").path("usage"));
      case "content_block_start" -> begin(data.path("content_block"), out);
      case "content_block_delta" -> piece(data.path("delta"), out);
      case "content_block_stop" -> end(out);
      case "message_delta" -> {
        reason = Json.text(data.path("delta"), "stop_reason");
        output = Json.number(data.path("usage"), "output_tokens");
      }
      case "message_stop" -> out.accept(finished());
      // The API's own rule: events of later versions are to be passed over.
      default -> {}
    }
  }

  private void start(JsonNode usage) {
    begun = true;
    cached = Json.number(usage, "cache_read_input_tokens");
    input =
        Json.number(usage, "input_tokens")
            + cached
            + Json.number(usage, "cache_creation_input_tokens");
    output = Json.number(usage, "output_tokens");
  }

  private void begin(JsonNode block, Consumer<ChatEvent> out) {
    switch (Json.text(block, "type")) {
      case "text" -> {
        open = Block.TEXT;
        text(Json.text(block, "text"), out);
      }
      case "tool_use" -> {
        String id = Json.text(block, "id");
        String name = Json.text(block, "name");
        if (!offered) {
          throw broken("called a tool that nobody offered");
        }
        if (id.isEmpty() || name.isEmpty()) {
          throw broken("called a tool without a name");
        }
        open = Block.CALL;
        argued = false;
        out.accept(new ChatEvent.ToolCallBegun(calls, id, name));
      }
      default -> throw broken("sent something that is neither text nor a call");
    }
  }

  private void piece(JsonNode delta, Consumer<ChatEvent> out) {
    switch (Json.text(delta, "type")) {
      // Text needs no opened block: some gateways leave its opening out.
      case "text_delta" -> text(Json.text(delta, "text"), out);
      case "input_json_delta" -> {
        if (open != Block.CALL) {
          throw broken("sent arguments of no call");
        }
        String part = Json.text(delta, "partial_json");
        if (!part.isEmpty()) {
          argued = true;
          out.accept(new ChatEvent.ToolCallArguments(calls, part));
        }
      }
      default -> throw broken("sent something that is neither text nor a call");
    }
  }

  private void end(Consumer<ChatEvent> out) {
    if (open == Block.CALL) {
      if (!argued) {
        // A call without arguments has none here; as JSON they are an empty object.
        out.accept(new ChatEvent.ToolCallArguments(calls, "{}"));
      }
      calls++;
    }
    open = Block.NONE;
  }

  private void text(String text, Consumer<ChatEvent> out) {
    if (!text.isEmpty()) {
      out.accept(new ChatEvent.Text(text, List.of()));
    }
  }

  private ChatEvent finished() {
    if (open == Block.CALL) {
      throw broken("ended in the middle of a call");
    }
    return new ChatEvent.Finished(
        switch (reason) {
          case "end_turn", "stop_sequence" -> ChatEvent.FinishReason.STOP;
          case "max_tokens", "model_context_window_exceeded" -> ChatEvent.FinishReason.LENGTH;
          case "tool_use" -> {
            if (calls == 0) {
              throw broken("ended for a call that it never made");
            }
            yield ChatEvent.FinishReason.TOOL_CALLS;
          }
          case "refusal" ->
              throw new Unavailable("%s cut the answer: it refuses to go on.".formatted(upstream));
          default -> throw broken("ended for a reason that is not known here");
        },
        new ChatEvent.Usage(input, cached, output));
  }

  private Unavailable broken(String what) {
    return UpstreamFailure.broken(upstream, what);
  }
}
