package dev.freehold.remote;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A conversation with its tools as Anthropic's messages API writes it: calls are blocks of the
/// assistant's message, results are blocks of the user's message that follows it.
final class AnthropicMessages {

  private final ArrayNode messages;
  private final List<String> system = new ArrayList<>();

  private AnthropicMessages(ArrayNode messages) {
    this.messages = messages;
  }

  static void write(ObjectNode body, Prompt.Conversation conversation) {
    var written = new AnthropicMessages(body.putArray("messages"));
    List<Message> all = conversation.messages();
    for (int i = 0; i < all.size(); i++) {
      written.message(all.get(i), "messages[%d]".formatted(i));
    }
    if (written.messages.isEmpty()) {
      throw new InvalidRequest(
          "The upstream behind this model needs a message of the user.", "messages");
    }
    if (!written.system.isEmpty()) {
      body.put("system", String.join("\n\n", written.system));
    }
    tools(body, conversation.toolUse());
  }

  private void message(Message message, String field) {
    switch (message) {
      case Message.System(String instructions) -> {
        if (!messages.isEmpty()) {
          throw new InvalidRequest(
              "The upstream behind this model takes system messages at the beginning only.",
              field + ".role");
        }
        system.add(instructions);
      }
      case Message.User(String said) -> {
        ArrayNode results = resultsBefore();
        if (results == null) {
          messages.addObject().put("role", "user").put("content", said);
        } else {
          // It takes what the user says beside results in one message, results first.
          results.addObject().put("type", "text").put("text", said);
        }
      }
      case Message.Assistant(String said, String _, List<ToolCall> calls) ->
          assistant(said, calls, field);
      case Message.Tool(String callId, String text) -> {
        ArrayNode results = resultsBefore();
        if (results == null) {
          results = messages.addObject().put("role", "user").putArray("content");
        }
        results
            .addObject()
            .put("type", "tool_result")
            .put("tool_use_id", callId)
            .put("content", text);
      }
    }
  }

  /// The blocks of the last message, where it gives results of calls and nothing else yet.
  private @org.jspecify.annotations.Nullable ArrayNode resultsBefore() {
    if (!messages.isEmpty()
        && messages.get(messages.size() - 1).path("content") instanceof ArrayNode blocks
        && Json.text(blocks.get(blocks.size() - 1), "type").equals("tool_result")) {
      return blocks;
    }
    return null;
  }

  private void assistant(String said, List<ToolCall> calls, String field) {
    ObjectNode json = messages.addObject().put("role", "assistant");
    if (calls.isEmpty()) {
      json.put("content", said);
      return;
    }
    ArrayNode blocks = json.putArray("content");
    if (!said.isEmpty()) {
      blocks.addObject().put("type", "text").put("text", said);
    }
    for (int i = 0; i < calls.size(); i++) {
      ToolCall call = calls.get(i);
      JsonNode input = Json.read(call.arguments());
      if (!input.isObject()) {
        throw new InvalidRequest(
            "The upstream behind this model takes arguments that are a JSON object.",
            "%s.tool_calls[%d].function.arguments".formatted(field, i));
      }
      blocks
          .addObject()
          .put("type", "tool_use")
          .put("id", call.id())
          .put("name", call.name())
          .set("input", input);
    }
  }

  private static void tools(ObjectNode body, ToolUse use) {
    if (use.shown().isEmpty()) {
      return;
    }
    ArrayNode array = body.putArray("tools");
    for (int i = 0; i < use.shown().size(); i++) {
      Tool tool = use.shown().get(i);
      if (tool.strict()) {
        throw new InvalidRequest(
            "strict is not supported by the upstream behind this model (anthropic); leave it out.",
            "tools[%d].function.strict".formatted(i));
      }
      ObjectNode one = array.addObject().put("name", tool.name());
      if (!tool.description().isEmpty()) {
        one.put("description", tool.description());
      }
      one.set("input_schema", Json.read(tool.parameters()));
    }
    ObjectNode choice = body.putObject("tool_choice");
    switch (use.choice()) {
      case ToolChoice.Auto _ -> choice.put("type", "auto");
      case ToolChoice.Required _ -> choice.put("type", "any");
      case ToolChoice.Named(String name) -> choice.put("type", "tool").put("name", name);
      case ToolChoice.None _ -> choice.put("type", "none");
      case ToolChoice.Allowed _ ->
          throw new InvalidRequest(
              "allowed_tools is not supported by the upstream behind this model (anthropic); send only the tools that may be called.",
              "tool_choice");
    }
    if (!use.parallel()) {
      choice.put("disable_parallel_tool_use", true);
    }
  }
}
