package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;

/// What is fixed before anything is asked.
///
/// @param margin how many score points worse still counts as as good, e.g. 0.03
/// @param confidence of every interval, e.g. 0.95
/// @param power wanted when numbers of cases are computed, e.g. 0.8
/// @param minimum fewest independent cases for any verdict but "not enough evidence"
/// @param runs how often each case is asked; more than 1 only where answers are sampled
/// @param temperature of the contestants; 0: the likeliest answer always
/// @param maxTokens longest answer
/// @param control whether the incumbent is asked a second time, to see how far it differs from
///   itself
/// @param seed of sampling
public record ProofSettings(
    double margin,
    double confidence,
    double power,
    int minimum,
    int runs,
    double temperature,
    int maxTokens,
    boolean control,
    long seed) {

  public ProofSettings {
    if (!(margin > 0 && margin < 1)) {
      throw new InvalidRequest("The margin lies between 0 and 1 (0 to 100 points).", "margin");
    }
    if (!(confidence >= 0.5 && confidence < 1 && power > 0 && power < 1)) {
      throw new InvalidRequest(
          "Confidence lies between 0.5 and 1, power between 0 and 1.", "confidence");
    }
    if (minimum < 2 || runs < 1 || maxTokens < 1) {
      throw new InvalidRequest("At least 2 cases, one run and one token are needed.", "settings");
    }
    if (!(temperature >= 0 && temperature <= 2)) {
      throw new InvalidRequest("temperature lies between 0 and 2.", "temperature");
    }
    if (runs > 1 && temperature == 0) {
      throw new InvalidRequest(
          "Asking a case several times says nothing where the likeliest answer is always taken.",
          "runs");
    }
  }

  /// 95 % confidence, 80 % power, 30 cases at least, one greedy run with control.
  public static ProofSettings standard(double margin) {
    return new ProofSettings(margin, 0.95, 0.8, 30, 1, 0, 512, true, 1);
  }

  /// The same with this many sampled runs a case.
  public ProofSettings sampled(int value, double heat) {
    return new ProofSettings(
        margin, confidence, power, minimum, value, heat, maxTokens, control, seed);
  }

  /// The same with another limit on answers.
  public ProofSettings withMaxTokens(int value) {
    return new ProofSettings(
        margin, confidence, power, minimum, runs, temperature, value, control, seed);
  }

  /// The same with or without asking the incumbent twice.
  public ProofSettings withControl(boolean value) {
    return new ProofSettings(
        margin, confidence, power, minimum, runs, temperature, maxTokens, value, seed);
  }
}
