package dev.freehold.teaching.lesson;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Messages and tools in OpenAI's form for fine-tuning.
final class MessageRows {

  private MessageRows() {}

  static List<Turn> turns(List<JsonNode> nodes, String name) {
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      turns.add(turn(new Row(nodes.get(i), "%s[%d]".formatted(name, i))));
    }
    if (turns.isEmpty()) {
      throw new InvalidRequest("%s is empty.".formatted(name), name);
    }
    // Refuses results of tools that nobody called.
    Prompt.Conversation unused =
        new Prompt.Conversation(turns.stream().map(Turn::message).toList());
    return turns.size() == unused.messages().size() ? turns : List.of();
  }

  private static Turn turn(Row row) {
    String role = row.requiredText("role");
    Message message =
        switch (role) {
          case "system", "developer" -> new Message.System(content(row));
          case "user" -> new Message.User(content(row));
          case "assistant" -> assistant(row);
          case "tool" -> new Message.Tool(row.requiredText("tool_call_id"), content(row));
          default ->
              throw new InvalidRequest(
                  "%s must be system, developer, user, assistant or tool."
                      .formatted(row.name("role")),
                  row.name("role"));
        };
    Optional<JsonNode> weight = row.any("weight");
    boolean assistant = message instanceof Message.Assistant;
    if (weight.isPresent() && (!assistant || !zeroOrOne(weight.get()))) {
      throw new InvalidRequest(
          "%s must be 0 or 1, and stands with an assistant's message only."
              .formatted(row.name("weight")),
          row.name("weight"));
    }
    row.refuse("name", "say in the message who speaks.");
    row.refuseOthers();
    return new Turn(message, assistant && weight.map(node -> node.intValue() == 1).orElse(true));
  }

  private static boolean zeroOrOne(JsonNode node) {
    return node.isNumber() && (node.doubleValue() == 0 || node.doubleValue() == 1);
  }

  static Message.Assistant assistant(Row row) {
    List<ToolCall> calls = new ArrayList<>();
    List<JsonNode> nodes = row.list("tool_calls");
    for (int i = 0; i < nodes.size(); i++) {
      calls.add(call(new Row(nodes.get(i), "%s[%d]".formatted(row.name("tool_calls"), i))));
    }
    boolean silent = !calls.isEmpty() && row.any("content").isEmpty();
    String text = silent ? "" : content(row);
    row.refuse("function_call", "it is the older form of tool_calls; use that.");
    row.refuse("refusal", "put it into content.");
    row.refuse("audio", "answers are text.");
    return new Message.Assistant(text, row.text("reasoning_content").orElse(""), calls);
  }

  private static ToolCall call(Row row) {
    requireFunction(row);
    Row function =
        new Row(
            row.any("function").orElseThrow(() -> row.missing("function")), row.name("function"));
    ToolCall call =
        new ToolCall(
            row.requiredText("id"),
            function.requiredText("name"),
            function.requiredText("arguments"));
    function.refuseOthers();
    row.refuseOthers();
    return call;
  }

  private static void requireFunction(Row row) {
    if (!row.requiredText("type").equals("function")) {
      throw new InvalidRequest(
          "%s must be function.".formatted(row.name("type")), row.name("type"));
    }
  }

  private static String content(Row row) {
    JsonNode content = row.any("content").orElseThrow(() -> row.missing("content"));
    if (!content.isArray()) {
      return Row.text(content, row.name("content"));
    }
    List<String> texts = new ArrayList<>();
    int i = 0;
    for (JsonNode node : content) {
      Row part = new Row(node, "%s[%d]".formatted(row.name("content"), i++));
      if (!part.requiredText("type").equals("text")) {
        throw new InvalidRequest(
            "%s must be text: pictures and sound are not taught.".formatted(part.name("type")),
            part.name("type"));
      }
      texts.add(part.requiredText("text"));
      part.refuseOthers();
    }
    return String.join("\n", texts);
  }

  static ToolUse tools(Row row) {
    List<Tool> tools = new ArrayList<>();
    List<JsonNode> nodes = row.list("tools");
    for (int i = 0; i < nodes.size(); i++) {
      tools.add(tool(new Row(nodes.get(i), "%s[%d]".formatted(row.name("tools"), i))));
    }
    boolean parallel = row.flag("parallel_tool_calls").orElse(true);
    row.refuse("functions", "it is the older form of tools; use that.");
    return tools.isEmpty() ? ToolUse.NONE : new ToolUse(tools, new ToolChoice.Auto(), parallel);
  }

  private static Tool tool(Row row) {
    requireFunction(row);
    Row function =
        new Row(
            row.any("function").orElseThrow(() -> row.missing("function")), row.name("function"));
    Optional<JsonNode> parameters = function.any("parameters");
    if (parameters.isPresent() && !parameters.get().isObject()) {
      throw new InvalidRequest(
          "%s must be a JSON Schema, an object.".formatted(function.name("parameters")),
          function.name("parameters"));
    }
    Tool tool =
        new Tool(
            function.requiredText("name"),
            function.text("description").orElse(""),
            parameters.map(JsonNode::toString).orElse(Tool.NO_PARAMETERS),
            function.flag("strict").orElse(false));
    function.refuseOthers();
    row.refuseOthers();
    return tool;
  }

  // Written.

  static void write(ArrayNode array, Message message, boolean trained) {
    ObjectNode node = array.addObject().put("role", message.role());
    switch (message) {
      case Message.System system -> node.put("content", system.text());
      case Message.User user -> node.put("content", user.text());
      case Message.Tool tool -> node.put("tool_call_id", tool.callId()).put("content", tool.text());
      case Message.Assistant assistant -> {
        assistant(node, assistant);
        if (!trained) {
          node.put("weight", 0);
        }
      }
    }
  }

  static void assistant(ObjectNode node, Message.Assistant assistant) {
    if (!assistant.text().isEmpty() || assistant.toolCalls().isEmpty()) {
      node.put("content", assistant.text());
    }
    if (!assistant.reasoning().isEmpty()) {
      node.put("reasoning_content", assistant.reasoning());
    }
    if (!assistant.toolCalls().isEmpty()) {
      ArrayNode calls = node.putArray("tool_calls");
      for (ToolCall call : assistant.toolCalls()) {
        calls
            .addObject()
            .put("id", call.id())
            .put("type", "function")
            .putObject("function")
            .put("name", call.name())
            .put("arguments", call.arguments());
      }
    }
  }

  static void write(ObjectNode row, ToolUse use) {
    if (use.tools().isEmpty()) {
      return;
    }
    ArrayNode tools = row.putArray("tools");
    for (Tool tool : use.tools()) {
      ObjectNode function = tools.addObject().put("type", "function").putObject("function");
      function.put("name", tool.name());
      if (!tool.description().isEmpty()) {
        function.put("description", tool.description());
      }
      function.set("parameters", JsonMapper.shared().readTree(tool.parameters()));
      if (tool.strict()) {
        function.put("strict", true);
      }
    }
    if (!use.parallel()) {
      row.put("parallel_tool_calls", false);
    }
  }
}
