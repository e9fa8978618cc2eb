package dev.freehold.server.openai;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.server.http.EventStream;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Problem;
import dev.freehold.server.http.Refusal;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The pieces of JSON that several endpoints of OpenAI's API share.
final class Shapes {

  private Shapes() {}

  static String id(String prefix) {
    return prefix + UUID.randomUUID().toString().replace("-", "");
  }

  /// The model of that name.
  ///
  /// @throws Refusal 404 with the code that SDKs know where there is none
  static ChatModel model(ChatModels models, String name) {
    try {
      return models.model(name);
    } catch (NotFound e) {
      throw new Refusal(404, "model_not_found", e.getMessage(), "model");
    }
  }

  /// Names the weights that answered, so that a client notices when they change.
  static String fingerprint(ModelCard card) {
    String digest = card.digest().replaceFirst("^sha256:", "");
    return "fp_"
        + (digest.isEmpty() ? "unknown" : digest.substring(0, Math.min(12, digest.length())));
  }

  static String reason(ChatEvent.FinishReason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  /// What all choices took together; they share one prompt.
  static ObjectNode usage(List<ChatEvent.Usage> choices, int prompts) {
    int prompt = 0;
    int cached = 0;
    int completion = 0;
    int reasoning = 0;
    int each = choices.size() / prompts;
    for (int i = 0; i < choices.size(); i++) {
      completion += choices.get(i).completionTokens();
      reasoning += choices.get(i).reasoningTokens();
      if (i % each == 0) {
        prompt += choices.get(i).promptTokens();
        cached += choices.get(i).cachedTokens();
      }
    }
    ObjectNode usage = Json.object();
    usage.put("prompt_tokens", prompt);
    usage.put("completion_tokens", completion);
    usage.put("total_tokens", prompt + completion);
    usage.putObject("prompt_tokens_details").put("cached_tokens", cached).put("audio_tokens", 0);
    usage
        .putObject("completion_tokens_details")
        .put("reasoning_tokens", reasoning)
        .put("audio_tokens", 0)
        .put("accepted_prediction_tokens", 0)
        .put("rejected_prediction_tokens", 0);
    return usage;
  }

  /// `{"content":[{token, logprob, bytes, top_logprobs}], "refusal":null}`.
  static ObjectNode logprobs(List<ChatEvent.TokenLogprob> tokens) {
    ObjectNode logprobs = Json.object();
    ArrayNode content = logprobs.putArray("content");
    for (ChatEvent.TokenLogprob token : tokens) {
      ObjectNode entry = token(token);
      ArrayNode top = entry.putArray("top_logprobs");
      token.top().forEach(likely -> top.add(token(likely)));
      content.add(entry);
    }
    logprobs.putNull("refusal");
    return logprobs;
  }

  private static ObjectNode token(ChatEvent.TokenLogprob token) {
    ObjectNode entry = Json.object();
    entry.put("token", token.token()).put("logprob", finite(token.logprob()));
    ArrayNode bytes = entry.putArray("bytes");
    for (byte b : token.bytes()) {
      bytes.add(b & 0xff);
    }
    return entry;
  }

  /// JSON has no infinity; OpenAI writes this number for what cannot be.
  static double finite(double logprob) {
    return Math.max(logprob, -9999.0);
  }

  /// The last event of a stream that failed.
  static void failed(EventStream events, Problem problem) {
    events.data(problem.json());
  }
}
