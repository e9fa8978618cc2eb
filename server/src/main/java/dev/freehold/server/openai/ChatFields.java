package dev.freehold.server.openai;

import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ReasoningEffort;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
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
                conversation(fields),
                SamplingFields.sampling(fields),
                maxTokens(fields),
                SamplingFields.stop(fields),
                topLogprobs(fields),
                cacheScope(fields, exchange),
                FormatFields.format(fields),
                SamplingFields.adapters(fields)),
            fields.whole("n", 1, 16).orElse(1),
            stream,
            SamplingFields.includeUsage(fields, stream));
    refuseUnserved(fields);
    fields.refuseOthers();
    return read;
  }

  /// Where a request says that its cache lives in memory, it does.
  private static String cacheScope(Fields fields, Exchange exchange) {
    String scope = SamplingFields.cacheScope(fields, exchange);
    return fields.any("prompt_cache_retention").isPresent() ? ChatRequest.IN_MEMORY + scope : scope;
  }

  private static Prompt conversation(Fields fields) {
    return new Prompt.Conversation(
        MessageFields.messages(fields),
        ToolFields.toolUse(fields),
        fields.text("reasoning_effort").map(ChatFields::effort),
        templateVariables(fields));
  }

  private static ReasoningEffort effort(String word) {
    for (ReasoningEffort effort : ReasoningEffort.values()) {
      if (effort.word().equals(word)) {
        return effort;
      }
    }
    throw new InvalidRequest(
        "reasoning_effort is none, minimal, low, medium, high or xhigh.", "reasoning_effort");
  }

  /// `chat_template_kwargs`, as vLLM and llama.cpp's server have it.
  private static Map<String, String> templateVariables(Fields fields) {
    Map<String, String> variables = new LinkedHashMap<>();
    fields
        .any("chat_template_kwargs")
        .ifPresent(node -> {
          if (!node.isObject()) {
            throw new InvalidRequest(
                "chat_template_kwargs must be an object.", "chat_template_kwargs");
          }
          node.properties().forEach(e -> variables.put(e.getKey(), e.getValue().toString()));
        });
    return variables;
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
    String older = "it is the older form of tools and tool_choice; use those.";
    fields.refuse("functions", JsonNode::isEmpty, older);
    fields.refuse("function_call", node -> is(node, "none"), older);
    fields.refuse("web_search_options", _ -> false, "nothing here searches the web.");
    fields.refuse(
        "modalities",
        node -> node.isArray() && node.size() == 1 && is(node.get(0), "text"),
        "answers are text.");
    fields.refuse("audio", _ -> false, "answers are text.");
    fields.refuse("prediction", _ -> false, "leave it out.");
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
        "leave it out, or say in_memory.");
  }

  private static boolean is(JsonNode node, String text) {
    return node.isString() && node.stringValue().equals(text);
  }
}
