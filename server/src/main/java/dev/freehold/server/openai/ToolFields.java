package dev.freehold.server.openai;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import dev.freehold.server.http.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The fields of tools: what is offered, what may be called, what was called.
final class ToolFields {

  private ToolFields() {}

  /// `tools`, `tool_choice` and `parallel_tool_calls`.
  static ToolUse toolUse(Fields fields) {
    List<Tool> tools = new ArrayList<>();
    fields
        .any("tools")
        .ifPresent(list -> {
          if (!list.isArray()) {
            throw new InvalidRequest("tools must be a list.", "tools");
          }
          for (int i = 0; i < list.size(); i++) {
            tools.add(tool(Fields.inside(list.get(i), "tools[%d]".formatted(i))));
          }
        });
    ToolChoice usual = tools.isEmpty() ? new ToolChoice.None() : new ToolChoice.Auto();
    ToolChoice choice = fields.any("tool_choice").map(ToolFields::choice).orElse(usual);
    boolean parallel = fields.flag("parallel_tool_calls").orElse(true);
    return new ToolUse(tools, tools.isEmpty() && choice.equals(AUTO) ? usual : choice, parallel);
  }

  private static final ToolChoice AUTO = new ToolChoice.Auto();

  private static Tool tool(Fields tool) {
    function(tool, "tools");
    JsonNode node = tool.any("function").orElseThrow(() -> tool.missing("function"));
    Fields function = Fields.inside(node, tool.name("function"));
    Optional<JsonNode> parameters = function.any("parameters");
    if (parameters.isPresent() && !parameters.get().isObject()) {
      throw new InvalidRequest(
          "%s must be a JSON Schema, an object.".formatted(function.name("parameters")),
          function.name("parameters"));
    }
    var read =
        new Tool(
            function.requiredText("name"),
            function.text("description").orElse(""),
            parameters.map(JsonNode::toString).orElse(Tool.NO_PARAMETERS),
            function.flag("strict").orElse(false));
    function.refuseOthers();
    tool.refuseOthers();
    return read;
  }

  private static ToolChoice choice(JsonNode node) {
    if (node.isString()) {
      return switch (node.stringValue()) {
        case "auto" -> AUTO;
        case "none" -> new ToolChoice.None();
        case "required" -> new ToolChoice.Required();
        default -> throw unknownChoice();
      };
    }
    if (!node.isObject()) {
      throw unknownChoice();
    }
    Fields choice = Fields.inside(node, "tool_choice");
    if (choice.text("type").orElse("").equals("allowed_tools")) {
      return allowed(choice);
    }
    return new ToolChoice.Named(named(choice));
  }

  private static String named(Fields fields) {
    function(fields, "tool_choice");
    JsonNode inside = fields.any("function").orElseThrow(() -> fields.missing("function"));
    Fields function = Fields.inside(inside, fields.name("function"));
    String name = function.requiredText("name");
    function.refuseOthers();
    fields.refuseOthers();
    return name;
  }

  private static ToolChoice allowed(Fields choice) {
    JsonNode inside =
        choice.any("allowed_tools").orElseThrow(() -> choice.missing("allowed_tools"));
    Fields allowed = Fields.inside(inside, choice.name("allowed_tools"));
    String mode = allowed.requiredText("mode");
    JsonNode list = allowed.any("tools").orElseThrow(() -> allowed.missing("tools"));
    if (!list.isArray() || !(mode.equals("auto") || mode.equals("required"))) {
      throw unknownChoice();
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String place = "%s[%d]".formatted(allowed.name("tools"), i);
      names.add(named(Fields.inside(list.get(i), place)));
    }
    allowed.refuseOthers();
    choice.refuseOthers();
    return new ToolChoice.Allowed(names, mode.equals("required"));
  }

  private static InvalidRequest unknownChoice() {
    return new InvalidRequest(
        "tool_choice is auto, none, required, {\"type\": \"function\", \"function\": {\"name\": …}}, or {\"type\": \"allowed_tools\", \"allowed_tools\": {\"mode\": \"auto\" or \"required\", \"tools\": […]}}.",
        "tool_choice");
  }

  /// The `tool_calls` of an assistant's message.
  static List<ToolCall> calls(Fields message) {
    List<ToolCall> calls = new ArrayList<>();
    message
        .any("tool_calls")
        .ifPresent(list -> {
          if (!list.isArray()) {
            throw new InvalidRequest(
                "%s must be a list.".formatted(message.name("tool_calls")),
                message.name("tool_calls"));
          }
          for (int i = 0; i < list.size(); i++) {
            calls.add(
                call(
                    Fields.inside(list.get(i), "%s[%d]".formatted(message.name("tool_calls"), i))));
          }
        });
    return calls;
  }

  private static ToolCall call(Fields call) {
    // Where SDKs echo what was streamed.
    call.whole("index", 0, Integer.MAX_VALUE);
    function(call, call.name("type"));
    JsonNode node = call.any("function").orElseThrow(() -> call.missing("function"));
    Fields function = Fields.inside(node, call.name("function"));
    var read =
        new ToolCall(
            call.requiredText("id"),
            function.requiredText("name"),
            function.requiredText("arguments"));
    function.refuseOthers();
    call.refuseOthers();
    return read;
  }

  private static void function(Fields fields, String field) {
    String type = fields.requiredText("type");
    if (!type.equals("function")) {
      throw new InvalidRequest(
          "%s is not supported yet with that value: functions are.".formatted(fields.name("type")),
          field);
    }
  }
}
