package dev.freehold.chat;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// How the next token is chosen from the model's logits.
///
/// The steps apply in this order, which is that of llama.cpp's default chain: logit bias,
/// penalties, DRY, top-k, typical, top-p, min-p, XTC, then temperature. Mirostat takes the place of
/// all between bias and choice but temperature, which comes before it.
///
/// @param temperature 0 chooses the most likely token always; 0 to 2
/// @param topK keep the k most likely tokens; 0 keeps all
/// @param topP keep the smallest set of tokens whose probability reaches this; 1 keeps all
/// @param minP drop tokens less likely than this share of the likeliest; 0 keeps all (arXiv
///   2407.01082)
/// @param typicalP keep the tokens whose surprise is nearest to the expected one, until their
///   probability exceeds this; 1 keeps all (arXiv 2202.00666)
/// @param xtc leaves out the likeliest at times
/// @param repeatPenalty divides the logits of tokens seen lately (CTRL, arXiv 1909.05858); 1 does
///   nothing
/// @param repeatLastN how many of the last tokens, prompt included, `repeatPenalty` looks at; -1
///   looks at all
/// @param presencePenalty subtracted once from the logit of each generated token; -2 to 2, OpenAI's
///   definition
/// @param frequencyPenalty subtracted for each time a token was generated; -2 to 2, OpenAI's
///   definition
/// @param dry keeps the model from repeating sequences
/// @param mirostat aims at a surprise, in place of the filters
/// @param logitBias added to the logits of these tokens, by id; each -100 to 100
/// @param seed same seed, same request, same text; empty draws a new one
public record Sampling(
    double temperature,
    int topK,
    double topP,
    double minP,
    double typicalP,
    Xtc xtc,
    double repeatPenalty,
    int repeatLastN,
    double presencePenalty,
    double frequencyPenalty,
    Dry dry,
    Mirostat mirostat,
    Map<Integer, Double> logitBias,
    OptionalLong seed) {

  /// How many of the last tokens a repetition penalty looks at unless told otherwise.
  public static final int REPEAT_LAST_N = 64;

  /// The most likely token, always.
  public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1, 0, 0, OptionalLong.of(0));

  /// OpenAI's defaults: temperature 1 over the whole distribution.
  public static final Sampling DEFAULT = new Sampling(1, 0, 1, 0, 1, 0, 0, OptionalLong.empty());

  /// Leaves out all tokens that reach a threshold but the least likely of them ("exclude top
  /// choices", of p-e-w for text-generation-webui).
  ///
  /// @param probability how often; 0 to 1
  /// @param threshold the probability to reach; over one half does nothing
  public record Xtc(double probability, double threshold) {

    /// Never.
    public static final Xtc OFF = new Xtc(0, 0.1);

    public Xtc {
      inRange(probability, 0, 1, "xtc_probability");
      inRange(threshold, 0, 1, "xtc_threshold");
    }

    /// Whether it does anything.
    public boolean isOn() {
      return probability > 0 && threshold <= 0.5;
    }
  }

  /// Subtracts `multiplier × base^(length − allowedLength)` from the logit of a token that would
  /// lengthen a repeated sequence ("don't repeat yourself", of p-e-w for text-generation-webui).
  ///
  /// @param multiplier 0 does nothing
  /// @param base at least 1
  /// @param allowedLength sequences up to this length may be repeated
  /// @param lastN how many of the last tokens, prompt included, are searched; -1 searches all
  /// @param sequenceBreakers texts that no repeated sequence reaches across
  public record Dry(
      double multiplier, double base, int allowedLength, int lastN, List<String> sequenceBreakers) {

    /// Nothing is subtracted; the rest is llama.cpp's default.
    public static final Dry OFF = new Dry(0, 1.75, 2, 64, List.of("\n", ":", "\"", "*"));

    public Dry {
      sequenceBreakers = List.copyOf(sequenceBreakers);
      inRange(multiplier, 0, 100, "dry_multiplier");
      inRange(base, 1, 100, "dry_base");
      inRange(allowedLength, 1, 1_000_000, "dry_allowed_length");
      inRange(lastN, -1, Integer.MAX_VALUE, "dry_penalty_last_n");
      if (sequenceBreakers.size() > 64
          || sequenceBreakers.stream().anyMatch(b -> b.isEmpty() || b.length() > 40)) {
        throw new InvalidRequest(
            "dry_sequence_breakers takes at most 64 texts of 1 to 40 characters.",
            "dry_sequence_breakers");
      }
    }

    /// Whether it does anything.
    public boolean isOn() {
      return multiplier > 0 && lastN != 0;
    }
  }

  /// Keeps the surprise of the tokens chosen near a target (arXiv 2007.14966).
  ///
  /// @param version 0 does nothing, 1 estimates how many tokens to keep, 2 keeps those that are not
  ///   too surprising
  /// @param tau the surprise aimed at, in bits
  /// @param eta how fast it is corrected
  public record Mirostat(int version, double tau, double eta) {

    /// Nothing is aimed at.
    public static final Mirostat OFF = new Mirostat(0, 5, 0.1);

    public Mirostat {
      inRange(version, 0, 2, "mirostat");
      inRange(tau, 0, 100, "mirostat_tau");
      inRange(eta, 0, 1, "mirostat_eta");
    }

    /// Whether it does anything.
    public boolean isOn() {
      return version > 0;
    }
  }

  public Sampling {
    logitBias = Map.copyOf(logitBias);
    inRange(temperature, 0, 2, "temperature");
    inRange(topK, 0, Integer.MAX_VALUE, "top_k");
    inRange(topP, 0, 1, "top_p");
    inRange(minP, 0, 1, "min_p");
    inRange(typicalP, 0, 1, "typical_p");
    inRange(repeatPenalty, 0.01, 10, "repeat_penalty");
    inRange(repeatLastN, -1, Integer.MAX_VALUE, "repeat_last_n");
    inRange(presencePenalty, -2, 2, "presence_penalty");
    inRange(frequencyPenalty, -2, 2, "frequency_penalty");
    logitBias.forEach((token, bias) -> {
      inRange(token, 0, Integer.MAX_VALUE, "logit_bias");
      inRange(bias, -100, 100, "logit_bias");
    });
    boolean others =
        topK > 0
            || topP < 1
            || minP > 0
            || typicalP < 1
            || xtc.isOn()
            || repeatPenalty != 1
            || presencePenalty != 0
            || frequencyPenalty != 0
            || dry.isOn();
    if (mirostat.isOn() && others) {
      throw new InvalidRequest(
          "mirostat takes the place of filters and penalties; leave them out.", "mirostat");
    }
  }

  /// What most callers set; the rest does nothing.
  public Sampling(
      double temperature,
      int topK,
      double topP,
      double minP,
      double repeatPenalty,
      double presencePenalty,
      double frequencyPenalty,
      OptionalLong seed) {
    this(
        temperature,
        topK,
        topP,
        minP,
        1,
        Xtc.OFF,
        repeatPenalty,
        REPEAT_LAST_N,
        presencePenalty,
        frequencyPenalty,
        Dry.OFF,
        Mirostat.OFF,
        Map.of(),
        seed);
  }

  /// The same choice at another temperature.
  public Sampling withTemperature(double value) {
    return new Sampling(
        value,
        topK,
        topP,
        minP,
        typicalP,
        xtc,
        repeatPenalty,
        repeatLastN,
        presencePenalty,
        frequencyPenalty,
        dry,
        mirostat,
        logitBias,
        seed);
  }

  /// The same choice from a given seed.
  public Sampling withSeed(long value) {
    return new Sampling(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        xtc,
        repeatPenalty,
        repeatLastN,
        presencePenalty,
        frequencyPenalty,
        dry,
        mirostat,
        logitBias,
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
