package dev.freehold.governance.egress;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ReasoningEffort;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Every text of a request that would leave, and the request made anew from other texts.
///
/// Requests, prompts, messages and tools are taken apart by patterns that name all their parts: a
/// part that is added to any of them breaks this file's build, so that nothing new leaves unseen.
///
/// @param texts each with its place
record Leaving(List<Text> texts) {

  /// What a text is.
  enum Place {
    /// What a person said.
    USER,
    /// Other words.
    WORDS,
    /// The text of a JSON value: what is replaced must lie inside a string.
    JSON,
    /// A name or an id: nothing in it can be replaced.
    NAME
  }

  /// @param field its name in the API
  /// @param place what it is
  /// @param text what it says
  record Text(String field, Place place, String text) {}

  /// Sees every text of a request in a fixed order and gives the one to stand in its stead.
  @FunctionalInterface
  private interface Rewrite {
    String text(String field, Place place, String text);
  }

  static Leaving of(ChatRequest request) {
    List<Text> texts = new ArrayList<>();
    rewritten(
        request,
        (field, place, text) -> {
          texts.add(new Text(field, place, text));
          return text;
        });
    return new Leaving(texts);
  }

  /// The same request with these texts, in the same order.
  static ChatRequest with(ChatRequest request, List<String> texts) {
    Iterator<String> others = texts.iterator();
    return rewritten(request, (_, _, _) -> others.next());
  }

  private static ChatRequest rewritten(ChatRequest request, Rewrite rewrite) {
    // Limits and log-probabilities are numbers; the scope of the cache stays here, and no upstream
    // takes adapters: a request that has some is refused before it leaves.
    return switch (request) {
      case ChatRequest(
              Prompt prompt,
              Sampling sampling,
              OptionalInt maxTokens,
              List<String> stop,
              OptionalInt topLogprobs,
              String cacheScope,
              ResponseFormat format,
              List<AdapterUse> adapters) ->
          new ChatRequest(
              prompt(prompt, rewrite),
              sampling(sampling, rewrite),
              maxTokens,
              stop.stream().map(one -> rewrite.text("stop", Place.WORDS, one)).toList(),
              topLogprobs,
              cacheScope,
              format(format, rewrite),
              adapters);
    };
  }

  /// Numbers, and the texts that no repetition reaches across.
  private static Sampling sampling(Sampling sampling, Rewrite rewrite) {
    return switch (sampling) {
      case Sampling(
              double _,
              int _,
              double _,
              double _,
              double _,
              Sampling.Xtc _,
              double _,
              int _,
              double _,
              double _,
              Sampling.Dry dry,
              Sampling.Mirostat _,
              Map<Integer, Double> _,
              OptionalLong _) -> {
        if (dry.isOn()) {
          dry.sequenceBreakers()
              .forEach(text -> rewrite.text("dry_sequence_breakers", Place.NAME, text));
        }
        yield sampling;
      }
    };
  }

  private static ResponseFormat format(ResponseFormat format, Rewrite rewrite) {
    return switch (format) {
      case ResponseFormat.Free() -> format;
      case ResponseFormat.JsonObject() -> format;
      case ResponseFormat.JsonSchema(String name, String schema) ->
          new ResponseFormat.JsonSchema(
              rewrite.text("response_format", Place.NAME, name),
              rewrite.text("response_format", Place.JSON, schema));
      case ResponseFormat.Regex(String expression) ->
          new ResponseFormat.Regex(rewrite.text("structured_outputs", Place.NAME, expression));
      case ResponseFormat.OneOf(List<String> texts) ->
          new ResponseFormat.OneOf(
              texts.stream()
                  .map(text -> rewrite.text("structured_outputs", Place.WORDS, text))
                  .toList());
      case ResponseFormat.Gbnf(String grammar) ->
          new ResponseFormat.Gbnf(rewrite.text("grammar", Place.NAME, grammar));
    };
  }

  private static Prompt prompt(Prompt prompt, Rewrite rewrite) {
    return switch (prompt) {
      case Prompt.Text(String text) -> new Prompt.Text(rewrite.text("prompt", Place.USER, text));
      case Prompt.Conversation(
              List<Message> messages,
              ToolUse tools,
              Optional<ReasoningEffort> effort,
              Map<String, String> variables) -> {
        List<Message> others = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
          others.add(message("messages[%d].".formatted(i), messages.get(i), rewrite));
        }
        ToolUse use = tools(tools, rewrite);
        Map<String, String> values = new LinkedHashMap<>();
        variables.forEach((name, value) ->
            values.put(
                rewrite.text("chat_template_kwargs", Place.NAME, name),
                rewrite.text("chat_template_kwargs", Place.JSON, value)));
        yield new Prompt.Conversation(others, use, effort, values);
      }
    };
  }

  private static Message message(String field, Message message, Rewrite rewrite) {
    String content = field + "content";
    return switch (message) {
      case Message.User(String text) -> new Message.User(rewrite.text(content, Place.USER, text));
      case Message.System(String text) ->
          new Message.System(rewrite.text(content, Place.WORDS, text));
      case Message.Tool(String callId, String text) ->
          new Message.Tool(
              rewrite.text(field + "tool_call_id", Place.NAME, callId),
              rewrite.text(content, Place.WORDS, text));
      case Message.Assistant(String text, String reasoning, List<ToolCall> calls) -> {
        String said = rewrite.text(content, Place.WORDS, text);
        String thought = rewrite.text(field + "reasoning", Place.WORDS, reasoning);
        yield new Message.Assistant(
            said, thought, calls.stream().map(call -> call(field, call, rewrite)).toList());
      }
    };
  }

  private static ToolCall call(String field, ToolCall call, Rewrite rewrite) {
    return switch (call) {
      case ToolCall(String id, String name, String arguments) ->
          new ToolCall(
              rewrite.text(field + "tool_calls", Place.NAME, id),
              rewrite.text(field + "tool_calls", Place.NAME, name),
              rewrite.text(field + "tool_calls", Place.JSON, arguments));
    };
  }

  private static ToolUse tools(ToolUse use, Rewrite rewrite) {
    return switch (use) {
      case ToolUse(List<Tool> tools, ToolChoice choice, boolean parallel) ->
          new ToolUse(tools.stream().map(tool -> tool(tool, rewrite)).toList(), choice, parallel);
    };
  }

  private static Tool tool(Tool tool, Rewrite rewrite) {
    return switch (tool) {
      case Tool(String name, String description, String parameters, boolean strict) ->
          new Tool(
              rewrite.text("tools", Place.NAME, name),
              rewrite.text("tools", Place.WORDS, description),
              rewrite.text("tools", Place.JSON, parameters),
              strict);
    };
  }

  /// Whether a place in the text of a JSON value lies inside a string.
  static boolean inString(String json, int index) {
    boolean inside = false;
    for (int i = 0; i < index; i++) {
      char c = json.charAt(i);
      if (c == '\\' && inside) {
        i++;
      } else if (c == '"') {
        inside = !inside;
      }
    }
    return inside;
  }

  long bytes() {
    return texts.stream()
        .mapToLong(text -> text.text().getBytes(StandardCharsets.UTF_8).length)
        .sum();
  }

  String joined() {
    StringBuilder all = new StringBuilder();
    texts.forEach(text -> all.append(text.text()));
    return all.toString();
  }
}
