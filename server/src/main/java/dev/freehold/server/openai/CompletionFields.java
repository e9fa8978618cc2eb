package dev.freehold.server.openai;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.chat.Sampling;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// What a plain completion request asks for.
///
/// @param model the model's name
/// @param prompts the texts to continue
/// @param requests one choice for each prompt
/// @param choices how many for each prompt
/// @param echo whether the prompt is repeated before the text
/// @param stream whether it is told in events
/// @param includeUsage whether the stream ends with what it took
record CompletionFields(
    String model,
    List<String> prompts,
    List<ChatRequest> requests,
    int choices,
    boolean echo,
    boolean stream,
    boolean includeUsage) {

  /// OpenAI's documented default.
  private static final int MAX_TOKENS = 16;

  private static final int MAX_PROMPTS = 16;

  /// Reads every field of the body; each is honoured or refused by name.
  static CompletionFields read(Exchange exchange) throws IOException {
    var fields = new Fields(exchange.body());
    boolean stream = fields.flag("stream").orElse(false);
    String model = fields.requiredText("model");
    List<String> prompts = prompts(fields);
    Sampling sampling = SamplingFields.sampling(fields);
    OptionalInt maxTokens =
        OptionalInt.of(fields.whole("max_tokens", 1, Integer.MAX_VALUE).orElse(MAX_TOKENS));
    List<String> stop = SamplingFields.stop(fields);
    OptionalInt logprobs = fields.whole("logprobs", 0, 5);
    String scope = SamplingFields.cacheScope(fields, exchange);
    int choices = fields.whole("n", 1, 16).orElse(1);
    boolean echo = fields.flag("echo").orElse(false);
    boolean usage = SamplingFields.includeUsage(fields, stream);
    fields.refuse(
        "best_of",
        node -> node.isIntegralNumber() && node.canConvertToInt() && node.intValue() == choices,
        "ask for n choices and keep the best.");
    fields.refuse("suffix", _ -> false, "text is continued, not filled in.");
    ResponseFormat format = FormatFields.format(fields);
    List<AdapterUse> adapters = SamplingFields.adapters(fields);
    if (echo && logprobs.isPresent() && !adapters.isEmpty()) {
      throw new InvalidRequest(
          "echo together with logprobs scores models by name, also MODEL+ADAPTER; leave lora out.",
          "lora");
    }
    fields.refuseOthers();
    List<ChatRequest> requests =
        prompts.stream()
            .map(prompt ->
                new ChatRequest(
                    new Prompt.Text(prompt),
                    sampling,
                    maxTokens,
                    stop,
                    logprobs,
                    scope,
                    format,
                    adapters))
            .toList();
    return new CompletionFields(model, prompts, requests, choices, echo, stream, usage);
  }

  /// How many of the likeliest tokens are told beside each of the prompt; empty where the prompt is
  /// not scored.
  OptionalInt scored() {
    return echo ? requests.getFirst().topLogprobs() : OptionalInt.empty();
  }

  private static List<String> prompts(Fields fields) {
    JsonNode node = fields.any("prompt").orElseThrow(() -> fields.missing("prompt"));
    if (!node.isArray()) {
      return List.of(Fields.text(node, "prompt"));
    }
    if (node.size() > 0 && (node.get(0).isNumber() || node.get(0).isArray())) {
      throw new InvalidRequest("prompt as tokens is not supported yet: send text.", "prompt");
    }
    List<String> prompts = fields.texts("prompt").orElseThrow();
    if (prompts.isEmpty() || prompts.size() > MAX_PROMPTS) {
      throw new InvalidRequest("prompt takes 1 to %d texts.".formatted(MAX_PROMPTS), "prompt");
    }
    return prompts;
  }
}
