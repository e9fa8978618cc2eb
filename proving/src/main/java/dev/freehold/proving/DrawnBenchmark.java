package dev.freehold.proving;

import java.time.Instant;

/// A benchmark that was drawn from a workload's exchanges.
///
/// @param id unique
/// @param workload whose
/// @param version from 1; another one where a frozen one was reviewed, grew, or lost cases
/// @param grader as a line of JSON
/// @param at when it was made
/// @param drawnBy who made it, by name
/// @param left what was left aside when it was drawn
/// @param frozen whether a proof has begun on it
/// @param counts of its cases
public record DrawnBenchmark(
    String id,
    String workload,
    int version,
    String grader,
    Instant at,
    String drawnBy,
    Left left,
    boolean frozen,
    Counts counts) {

  /// Exchanges that became no cases.
  ///
  /// @param older before the split in time
  /// @param same exact repetitions
  /// @param near near repetitions
  /// @param tools those that call tools, which are not measured yet
  public record Left(int older, int same, int near, int tools) {}

  /// How many cases there are.
  ///
  /// @param all of them
  /// @param reviewed with a gold that a person gave or accepted
  /// @param open with no gold, or with a model's that no person has looked at
  /// @param skipped put aside by a person; they take no part
  public record Counts(int all, int reviewed, int open, int skipped) {}
}
