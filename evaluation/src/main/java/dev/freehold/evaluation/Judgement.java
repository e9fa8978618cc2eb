package dev.freehold.evaluation;

import java.util.Locale;

/// What a judge said of two answers, shown in one order.
///
/// @param candidate by name; the other answer is the incumbent's
/// @param caseId which case
/// @param run from 0
/// @param candidateFirst whether the candidate's answer was shown first
/// @param choice which it prefers
/// @param said its own words
public record Judgement(
    String candidate, String caseId, int run, boolean candidateFirst, Choice choice, String said) {

  /// Which answer, as shown.
  public enum Choice {
    FIRST,
    SECOND,
    TIE,
    /// It said something else; counts as a tie and is reported.
    UNCLEAR;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// 1 where the candidate's answer is preferred, 0 where the incumbent's is, else a half.
  double forCandidate() {
    return switch (choice) {
      case FIRST -> candidateFirst ? 1 : 0;
      case SECOND -> candidateFirst ? 0 : 1;
      case TIE, UNCLEAR -> 0.5;
    };
  }

  String key() {
    return key(candidate, caseId, run, candidateFirst);
  }

  static String key(String candidate, String caseId, int run, boolean first) {
    return Attempt.key(candidate, caseId, run) + (first ? "\nfirst" : "\nsecond");
  }
}
