package dev.freehold.workload;

import java.util.Locale;

/// How far a candidate has come.
public enum Stage {
  /// The incumbent answers; the candidate, if there is one, waits.
  INCUMBENT,
  /// The incumbent answers; the candidate is asked the same, and nobody sees what it says.
  SHADOW,
  /// A share of the principals is answered by the candidate.
  CANARY,
  /// The candidate answers everybody; the incumbent stays at hand.
  FULL;

  /// The word for it in commands and JSON.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
