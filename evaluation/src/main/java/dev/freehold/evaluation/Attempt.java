package dev.freehold.evaluation;

import java.util.List;

/// One answer to one case, or why there is none.
///
/// @param contestant by name; the incumbent's second time has `#again` behind it
/// @param caseId which case
/// @param run from 0
/// @param text the answer; empty where there is an error
/// @param error why there is no answer; empty where there is one. It counts as a wrong answer
/// @param likelihoods log-likelihoods of the options, where that is what was asked
/// @param promptTokens tokens read
/// @param completionTokens tokens written
/// @param firstMillis until the first text
/// @param millis until the end
/// @param fingerprint what its server calls the state of its machinery; empty where it says nothing
public record Attempt(
    String contestant,
    String caseId,
    int run,
    String text,
    String error,
    List<Double> likelihoods,
    int promptTokens,
    int completionTokens,
    long firstMillis,
    long millis,
    String fingerprint) {

  /// What is behind the incumbent's name the second time.
  static final String AGAIN = "#again";

  public Attempt {
    likelihoods = List.copyOf(likelihoods);
  }

  /// An answer of a model whose server says nothing of itself.
  Attempt(
      String contestant,
      String caseId,
      int run,
      String text,
      String error,
      List<Double> likelihoods,
      int promptTokens,
      int completionTokens,
      long firstMillis,
      long millis) {
    this(
        contestant,
        caseId,
        run,
        text,
        error,
        likelihoods,
        promptTokens,
        completionTokens,
        firstMillis,
        millis,
        "");
  }

  /// Whether there is no answer.
  public boolean failed() {
    return !error.isEmpty();
  }

  String key() {
    return key(contestant, caseId, run);
  }

  static String key(String contestant, String caseId, int run) {
    return contestant + "\n" + caseId + "\n" + run;
  }
}
