package dev.freehold.model.template;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Messages and tools as chat templates expect them, in transformers' shape.
final class Turns {

  /// What templates call the thinking of an earlier turn.
  private static final List<String> REASONING =
      List.of("reasoning_content", "thinking", "reasoning");

  private static final int SHORT_ID = 9;

  private final CallForm form;
  private final String source;

  /// @param form how turns that call tools are given
  /// @param source the template's text
  Turns(CallForm form, String source) {
    this.form = form;
    this.source = source;
  }

  /// The offered tools.
  static Value tools(List<Tool> tools) {
    List<Value> values = new ArrayList<>();
    for (Tool tool : tools) {
      Map<String, Value> function = new LinkedHashMap<>();
      function.put("name", JsonValues.quoted(tool.name()));
      if (!tool.description().isEmpty()) {
        function.put("description", JsonValues.quoted(tool.description()));
      }
      function.put(
          "parameters",
          JsonValues.read(tool.parameters())
              .filter(Value.Dict.class::isInstance)
              .orElseThrow(() ->
                  new InvalidRequest(
                      "The parameters of %s must be a JSON object without whole numbers beyond 64 bits."
                          .formatted(tool.name()),
                      "tools")));
      Map<String, Value> entry = new LinkedHashMap<>();
      entry.put("type", Value.Str.of("function"));
      entry.put("function", Value.Dict.of(function));
      values.add(Value.Dict.of(entry));
    }
    return Value.Seq.list(values);
  }

  /// The messages.
  Value messages(List<Message> messages) {
    Map<String, String> names = new HashMap<>();
    List<Value> values = new ArrayList<>();
    for (Message message : form.several() ? messages : oneCallEach(messages)) {
      Map<String, Value> turn = new LinkedHashMap<>();
      turn.put("role", Value.Str.of(message.role()));
      turn.put("content", JsonValues.quoted(message.text()));
      switch (message) {
        case Message.System _, Message.User _ -> {}
        case Message.Assistant assistant -> {
          assistant.toolCalls().forEach(call -> names.put(call.id(), call.name()));
          assistant(assistant, turn);
        }
        case Message.Tool tool -> {
          turn.put("tool_call_id", JsonValues.quoted(id(tool.callId())));
          String name = names.get(tool.callId());
          if (name != null) {
            turn.put("name", JsonValues.quoted(name));
          }
        }
      }
      values.add(Value.Dict.of(turn));
    }
    return Value.Seq.list(values);
  }

  private void assistant(Message.Assistant assistant, Map<String, Value> turn) {
    if (!assistant.reasoning().isEmpty()) {
      for (String name : REASONING) {
        if (source.contains(name)) {
          turn.put(name, JsonValues.quoted(assistant.reasoning()));
        }
      }
    }
    if (assistant.toolCalls().isEmpty()) {
      return;
    }
    if (assistant.text().isEmpty() && form.nothingSaid()) {
      turn.put("content", Value.None.NONE);
    }
    List<Value> calls = new ArrayList<>();
    for (ToolCall call : assistant.toolCalls()) {
      Map<String, Value> function = new LinkedHashMap<>();
      function.put("name", JsonValues.quoted(call.name()));
      function.put("arguments", arguments(call.arguments()));
      Map<String, Value> entry = new LinkedHashMap<>();
      entry.put("id", JsonValues.quoted(id(call.id())));
      entry.put("type", Value.Str.of("function"));
      entry.put("function", Value.Dict.of(function));
      calls.add(Value.Dict.of(entry));
    }
    turn.put("tool_calls", Value.Seq.list(calls));
  }

  private Value arguments(String json) {
    Value text = JsonValues.quoted(json);
    return form.textArguments()
        ? text
        : JsonValues.read(json).filter(Value.Dict.class::isInstance).orElse(text);
  }

  private String id(String id) {
    if (!form.shortIds() || (id.length() == SHORT_ID && id.chars().allMatch(Turns::alphanumeric))) {
      return id;
    }
    // Equal ids stay equal, which is all that they are for.
    String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    long hash = 0xcbf29ce484222325L;
    for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    var text = new StringBuilder();
    for (int i = 0; i < SHORT_ID; i++) {
      text.append(letters.charAt((int) Long.remainderUnsigned(hash, letters.length())));
      hash = Long.divideUnsigned(hash, letters.length());
    }
    return text.toString();
  }

  private static boolean alphanumeric(int c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  /// Calls made side by side, told as if they had been made one after the other, each with its
  /// result.
  private static List<Message> oneCallEach(List<Message> messages) {
    List<Message> told = new ArrayList<>();
    Set<Message> moved = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      if (!(message instanceof Message.Assistant assistant) || assistant.toolCalls().size() < 2) {
        if (!moved.contains(message)) {
          told.add(message);
        }
        continue;
      }
      String text = assistant.text();
      String reasoning = assistant.reasoning();
      for (ToolCall call : assistant.toolCalls()) {
        told.add(new Message.Assistant(text, reasoning, List.of(call)));
        text = "";
        reasoning = "";
        for (int j = i + 1; j < messages.size() && messages.get(j) instanceof Message.Tool; j++) {
          if (((Message.Tool) messages.get(j)).callId().equals(call.id())) {
            told.add(messages.get(j));
            moved.add(messages.get(j));
          }
        }
      }
    }
    return told;
  }
}
