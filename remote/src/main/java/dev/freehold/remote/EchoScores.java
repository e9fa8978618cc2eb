package dev.freehold.remote;

import dev.freehold.chat.Continuation;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How likely given texts are, by OpenAI's completions with `echo` and `logprobs`, as vLLM and
/// other open servers have them (and as lm-evaluation-harness's `local-completions` asks them).
///
/// The server alone has the tokenizer. It is asked for the tokens of the context first, and then
/// for those of the context with each text; what follows as many tokens as the context has is the
/// text's.
final class EchoScores {

  private final String upstream;
  private final String model;
  private final Function<ObjectNode, JsonNode> ask;

  /// @param ask sends a body and gives the answer
  EchoScores(String upstream, String model, Function<ObjectNode, JsonNode> ask) {
    this.upstream = upstream;
    this.model = model;
    this.ask = ask;
  }

  List<Continuation> of(String context, List<String> texts) {
    String firm = context.stripTrailing();
    int before = firm.isEmpty() ? 0 : scored(firm).tokens();
    List<Continuation> all = new ArrayList<>();
    for (String text : texts) {
      all.add(scored(context + text).from(before));
    }
    return all;
  }

  /// The tokens of a text with what each scored; the first has no score, since nothing stands
  /// before it.
  private record Scored(List<Double> scores, List<Double> best) {
    int tokens() {
      return scores.size();
    }

    Continuation from(int first) {
      double sum = 0;
      boolean greedy = true;
      int start = Math.max(first, 0);
      for (int i = start; i < scores.size(); i++) {
        double score = scores.get(i);
        if (!Double.isNaN(score)) {
          sum += score;
          greedy &= score >= best.get(i);
        }
      }
      return new Continuation(sum, scores.size() - start, greedy);
    }
  }

  private Scored scored(String text) {
    ObjectNode body = Json.object().put("model", model).put("prompt", text);
    // One token more than was asked about: some servers take no limit of nothing.
    body.put("max_tokens", 1).put("temperature", 0).put("echo", true).put("logprobs", 1);
    JsonNode answer = ask.apply(body);
    JsonNode told = answer.path("choices").path(0).path("logprobs");
    JsonNode scores = told.path("token_logprobs");
    int tokens = Json.number(answer.path("usage"), "prompt_tokens");
    boolean echoed = Json.text(answer.path("choices").path(0), "text").startsWith(text);
    if (!echoed || !scores.isArray() || tokens == 0 || scores.size() < tokens) {
      throw new Unsupported(
          "Asking %s how likely a given text is".formatted(upstream),
          "upstreams that answer /v1/completions with echo and logprobs, and models that run in this process");
    }
    List<Double> each = new ArrayList<>();
    List<Double> best = new ArrayList<>();
    for (int i = 0; i < tokens; i++) {
      JsonNode score = scores.get(i);
      if (!score.isNumber() && !(i == 0 && score.isNull())) {
        throw new Unavailable("%s left the score of a token out.".formatted(upstream));
      }
      each.add(score.isNumber() ? score.doubleValue() : Double.NaN);
      double most = Double.NEGATIVE_INFINITY;
      for (JsonNode one : told.path("top_logprobs").path(i)) {
        most = Math.max(most, one.asDouble(Double.NEGATIVE_INFINITY));
      }
      best.add(most);
    }
    return new Scored(each, best);
  }
}
