package dev.freehold.langchain4j;

import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.internal.Json;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Tools and calls in LangChain4j's words and in Freehold's.
final class Tools {

  private Tools() {}

  static ToolUse use(ChatRequest request) {
    List<Tool> tools = request.toolSpecifications().stream().map(Tools::tool).toList();
    if (tools.isEmpty()) {
      if (request.toolChoice() == dev.langchain4j.model.chat.request.ToolChoice.REQUIRED) {
        throw Requests.unsupported("toolChoice REQUIRED without toolSpecifications");
      }
      return ToolUse.NONE;
    }
    ToolChoice choice =
        switch (request.toolChoice()) {
          case REQUIRED -> new ToolChoice.Required();
          case NONE -> new ToolChoice.None();
          case AUTO -> new ToolChoice.Auto();
          case null -> new ToolChoice.Auto();
        };
    return new ToolUse(tools, choice, true);
  }

  private static Tool tool(ToolSpecification tool) {
    return new Tool(
        tool.name(),
        Objects.requireNonNullElse(tool.description(), ""),
        parameters(tool),
        Boolean.TRUE.equals(tool.strict()));
  }

  private static String parameters(ToolSpecification tool) {
    JsonObjectSchema parameters = tool.parameters();
    return parameters == null
        ? Tool.NO_PARAMETERS
        : Json.toJson(JsonSchemaElementUtils.toMap(parameters));
  }

  static List<ToolCall> calls(AiMessage message) {
    List<ToolCall> calls = new ArrayList<>();
    if (message.hasToolExecutionRequests()) {
      for (ToolExecutionRequest request : message.toolExecutionRequests()) {
        calls.add(
            new ToolCall(
                Objects.requireNonNullElse(request.id(), ""),
                request.name(),
                Objects.requireNonNullElse(request.arguments(), "{}")));
      }
    }
    return calls;
  }

  static ToolExecutionRequest request(ToolCall call) {
    return ToolExecutionRequest.builder()
        .id(call.id())
        .name(call.name())
        .arguments(call.arguments())
        .build();
  }

  /// Calls of one answer as they grow. Not thread-safe.
  static final class Growing {
    private record Begun(String id, String name, StringBuilder arguments) {}

    private final Map<Integer, Begun> calls = new LinkedHashMap<>();

    void begin(int index, String id, String name) {
      calls.put(index, new Begun(id, name, new StringBuilder()));
    }

    dev.langchain4j.model.chat.response.PartialToolCall grow(int index, String arguments) {
      Begun call = Objects.requireNonNull(calls.get(index));
      call.arguments().append(arguments);
      return dev.langchain4j.model.chat.response.PartialToolCall.builder()
          .index(index)
          .id(call.id())
          .name(call.name())
          .partialArguments(arguments)
          .build();
    }

    List<ToolCall> all() {
      return calls.values().stream()
          .map(call -> new ToolCall(call.id(), call.name(), call.arguments().toString()))
          .toList();
    }
  }
}
