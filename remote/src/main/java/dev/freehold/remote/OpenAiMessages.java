package dev.freehold.remote;

import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ReasoningEffort;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A conversation with its tools as OpenAI's API writes it.
final class OpenAiMessages {

  private OpenAiMessages() {}

  static void write(ObjectNode body, Prompt.Conversation conversation) {
    switch (conversation) {
      case Prompt.Conversation(
              List<Message> messages,
              ToolUse tools,
              Optional<ReasoningEffort> effort,
              Map<String, String> variables) -> {
        ArrayNode array = body.putArray("messages");
        messages.forEach(message -> message(array.addObject(), message));
        tools(body, tools);
        effort.ifPresent(value -> body.put("reasoning_effort", value.word()));
        if (!variables.isEmpty()) {
          ObjectNode values = body.putObject("chat_template_kwargs");
          variables.forEach((name, value) -> values.set(name, Json.read(value)));
        }
      }
    }
  }

  private static void message(ObjectNode json, Message message) {
    json.put("role", message.role());
    switch (message) {
      case Message.System(String text) -> json.put("content", text);
      case Message.User(String text) -> json.put("content", text);
      case Message.Tool(String callId, String text) ->
          json.put("tool_call_id", callId).put("content", text);
      case Message.Assistant(String text, String reasoning, List<ToolCall> calls) -> {
        json.put("content", text.isEmpty() && !calls.isEmpty() ? null : text);
        if (!reasoning.isEmpty()) {
          json.put("reasoning_content", reasoning);
        }
        if (!calls.isEmpty()) {
          ArrayNode array = json.putArray("tool_calls");
          for (ToolCall call : calls) {
            ObjectNode one = array.addObject().put("id", call.id()).put("type", "function");
            one.putObject("function").put("name", call.name()).put("arguments", call.arguments());
          }
        }
      }
    }
  }

  private static void tools(ObjectNode body, ToolUse use) {
    if (use.shown().isEmpty()) {
      return;
    }
    ArrayNode array = body.putArray("tools");
    for (Tool tool : use.shown()) {
      ObjectNode function = array.addObject().put("type", "function").putObject("function");
      function.put("name", tool.name()).put("description", tool.description());
      function.set("parameters", Json.read(tool.parameters()));
      if (tool.strict()) {
        function.put("strict", true);
      }
    }
    switch (use.choice()) {
      case ToolChoice.Auto _ -> body.put("tool_choice", "auto");
      case ToolChoice.None _ -> body.put("tool_choice", "none");
      case ToolChoice.Required _ -> body.put("tool_choice", "required");
      case ToolChoice.Named(String name) ->
          body.putObject("tool_choice")
              .put("type", "function")
              .putObject("function")
              .put("name", name);
      case ToolChoice.Allowed(List<String> names, boolean required) -> {
        ObjectNode allowed =
            body.putObject("tool_choice").put("type", "allowed_tools").putObject("allowed_tools");
        ArrayNode tools = allowed.put("mode", required ? "required" : "auto").putArray("tools");
        names.forEach(name ->
            tools.addObject().put("type", "function").putObject("function").put("name", name));
      }
    }
    if (!use.parallel()) {
      body.put("parallel_tool_calls", false);
    }
  }
}
