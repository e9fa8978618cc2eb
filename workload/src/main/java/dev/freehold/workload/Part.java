package dev.freehold.workload;

/// The part that a model played in an exchange.
public enum Part {
  /// It answered as the incumbent.
  INCUMBENT,
  /// It answered as the candidate, in a canary or wholly.
  CANDIDATE,
  /// It answered since another had failed.
  FALLBACK,
  /// It was asked the same, and nobody saw its answer.
  SHADOW
}
