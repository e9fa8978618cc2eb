package dev.freehold.server.openai;

import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// What a chat completion request asks for.
///
/// @param model the model's name
/// @param request one choice
/// @param choices how many of them
/// @param stream whether it is told in events
/// @param includeUsage whether the stream ends with what it took
record ChatFields(
    String model, ChatRequest request, int choices, boolean stream, boolean includeUsage) {

  /// Reads every field of the body; each is honoured or refused by name.
  static ChatFields read(Exchange exchange) throws IOException {
    var fields = new Fields(exchange.body());
    boolean stream = fields.flag("stream").orElse(false);
    var read =
        new ChatFields(
            fields.requiredText("model"),
            new ChatRequest(
                new Prompt.Conversation(messages(fields)),
                SamplingFields.sampling(fields),
                maxTokens(fields),
                SamplingFields.stop(fields),
                topLogprobs(fields),
                SamplingFields.cacheScope(fields, exchange),
                FormatFields.format(fields)),
            fields.whole("n", 1, 16).orElse(1),
            stream,
            SamplingFields.includeUsage(fields, stream));
    refuseUnserved(fields);
    fields.refuseOthers();
    return read;
  }

  private static OptionalInt maxTokens(Fields fields) {
    OptionalInt now = fields.whole("max_completion_tokens", 1, Integer.MAX_VALUE);
    OptionalInt older = fields.whole("max_tokens", 1, Integer.MAX_VALUE);
    if (now.isPresent() && older.isPresent() && now.getAsInt() != older.getAsInt()) {
      throw new InvalidRequest(
          "max_tokens is the older name of max_completion_tokens; give one of them.", "max_tokens");
    }
    return now.isPresent() ? now : older;
  }

  private static OptionalInt topLogprobs(Fields fields) {
    boolean wanted = fields.flag("logprobs").orElse(false);
    OptionalInt top = fields.whole("top_logprobs", 0, 20);
    if (top.isPresent() && !wanted) {
      throw new InvalidRequest("top_logprobs needs logprobs to be true.", "top_logprobs");
    }
    return wanted ? OptionalInt.of(top.orElse(0)) : OptionalInt.empty();
  }

  private static void refuseUnserved(Fields fields) {
    String noTools = "this server calls no tools; send the conversation without them.";
    fields.refuse("tools", JsonNode::isEmpty, noTools);
    fields.refuse("tool_choice", node -> is(node, "none"), noTools);
    fields.refuse("parallel_tool_calls", _ -> false, noTools);
    fields.refuse("functions", JsonNode::isEmpty, noTools);
    fields.refuse("function_call", node -> is(node, "none"), noTools);
    fields.refuse("web_search_options", _ -> false, "nothing here searches the web.");
    fields.refuse(
        "modalities",
        node -> node.isArray() && node.size() == 1 && is(node.get(0), "text"),
        "answers are text.");
    fields.refuse("audio", _ -> false, "answers are text.");
    fields.refuse("prediction", _ -> false, "leave it out.");
    fields.refuse("reasoning_effort", node -> is(node, "none"), "leave it out.");
    fields.refuse("verbosity", node -> is(node, "medium"), "say in the prompt how long to answer.");
    fields.refuse(
        "service_tier",
        node -> is(node, "auto") || is(node, "default"),
        "there is one tier, auto or default.");
    fields.refuse(
        "store",
        node -> node.isBoolean() && !node.booleanValue(),
        "completions are not kept; leave it out.");
    fields.refuse("metadata", JsonNode::isEmpty, "completions are not kept; leave it out.");
    fields.refuse(
        "prompt_cache_retention",
        node -> is(node, "in_memory") || is(node, "in-memory"),
        "the cache lives in memory.");
  }

  private static boolean is(JsonNode node, String text) {
    return node.isString() && node.stringValue().equals(text);
  }

  private static List<Message> messages(Fields fields) {
    JsonNode list = fields.any("messages").orElseThrow(() -> fields.missing("messages"));
    if (!list.isArray()) {
      throw new InvalidRequest("messages must be a list.", "messages");
    }
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      messages.add(message(Fields.inside(list.get(i), "messages[%d]".formatted(i))));
    }
    return messages;
  }

  private static Message message(Fields fields) {
    String role = fields.requiredText("role");
    String text = content(fields);
    fields.refuse("name", _ -> false, "say in the message who speaks.");
    Message message =
        switch (role) {
          case "system", "developer" -> new Message.System(text);
          case "user" -> new Message.User(text);
          case "assistant" -> {
            // What an SDK echoes of an answer of ours holds these, empty.
            fields.refuse("tool_calls", JsonNode::isEmpty, "this server calls no tools.");
            fields.refuse("function_call", _ -> false, "this server calls no tools.");
            fields.refuse("refusal", _ -> false, "put it into content.");
            fields.refuse("audio", _ -> false, "answers are text.");
            fields.refuse("annotations", JsonNode::isEmpty, "leave it out.");
            yield new Message.Assistant(text);
          }
          default ->
              throw new InvalidRequest(
                  "The role %s is not supported: system, developer, user and assistant are."
                      .formatted(brief(role)),
                  fields.name("role"));
        };
    fields.refuseOthers();
    return message;
  }

  private static String content(Fields fields) {
    JsonNode content = fields.any("content").orElseThrow(() -> fields.missing("content"));
    if (!content.isArray()) {
      return Fields.text(content, fields.name("content"));
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < content.size(); i++) {
      Fields part = Fields.inside(content.get(i), "%s[%d]".formatted(fields.name("content"), i));
      String type = part.requiredText("type");
      if (!type.equals("text")) {
        throw new InvalidRequest(
            "Content parts of the type %s are not supported yet: text is.".formatted(brief(type)),
            part.name("type"));
      }
      texts.add(part.requiredText("text"));
      part.refuseOthers();
    }
    return String.join("\n", texts);
  }

  static String brief(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }
}
