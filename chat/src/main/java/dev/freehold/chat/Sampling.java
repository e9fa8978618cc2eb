package dev.freehold.chat;

import java.util.OptionalLong;

/// How the next token is chosen from the model's logits.
///
/// The filters apply in the order top-k, top-p, min-p, then temperature, as in llama.cpp's default
/// chain.
///
/// @param temperature 0 chooses the most likely token always; 0 to 2
/// @param topK keep the k most likely tokens; 0 keeps all
/// @param topP keep the smallest set of tokens whose probability reaches this; 1 keeps all
/// @param minP drop tokens less likely than this share of the likeliest; 0 keeps all (arXiv
///   2407.01082)
/// @param repeatPenalty divides the logits of tokens seen lately (CTRL, arXiv 1909.05858); 1 does
///   nothing
/// @param presencePenalty subtracted once from the logit of each generated token; -2 to 2, OpenAI's
///   definition
/// @param frequencyPenalty subtracted for each time a token was generated; -2 to 2, OpenAI's
///   definition
/// @param seed same seed, same request, same text; empty draws a new one
public record Sampling(
    double temperature,
    int topK,
    double topP,
    double minP,
    double repeatPenalty,
    double presencePenalty,
    double frequencyPenalty,
    OptionalLong seed) {

  /// The most likely token, always.
  public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1, 0, 0, OptionalLong.of(0));

  /// OpenAI's defaults: temperature 1 over the whole distribution.
  public static final Sampling DEFAULT = new Sampling(1, 0, 1, 0, 1, 0, 0, OptionalLong.empty());

  public Sampling {
    inRange(temperature, 0, 2, "temperature");
    inRange(topK, 0, Integer.MAX_VALUE, "top_k");
    inRange(topP, 0, 1, "top_p");
    inRange(minP, 0, 1, "min_p");
    inRange(repeatPenalty, 0.01, 10, "repeat_penalty");
    inRange(presencePenalty, -2, 2, "presence_penalty");
    inRange(frequencyPenalty, -2, 2, "frequency_penalty");
  }

  /// The same choice at another temperature.
  public Sampling withTemperature(double value) {
    return new Sampling(
        value, topK, topP, minP, repeatPenalty, presencePenalty, frequencyPenalty, seed);
  }

  /// The same choice from a given seed.
  public Sampling withSeed(long value) {
    return new Sampling(
        temperature,
        topK,
        topP,
        minP,
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        OptionalLong.of(value));
  }

  private static void inRange(double value, double low, double high, String field) {
    // Negated so that NaN is refused too.
    if (!(value >= low && value <= high)) {
      throw new InvalidRequest(
          "%s is %s and must lie between %s and %s.".formatted(field, value, low, high), field);
    }
  }
}
