package dev.freehold.proving;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A proof of a workload, and how far it is.
///
/// @param id names it
/// @param workload whose
/// @param benchmark on which benchmark
/// @param at when it was begun
/// @param startedBy who began it, by name
/// @param terms what it is to find out
/// @param state how far it is
/// @param problem why it failed; empty where it did not
/// @param done answers and judgements so far
/// @param total of all; 0 until it is known
/// @param left time left; zero where nothing is known
/// @param cost money so far
/// @param failures answers that are errors
/// @param ended when it ended; the beginning of time where it has not
/// @param verdicts what was found
/// @param folder where journal, report and evidence lie
public record ProofRun(
    String id,
    String workload,
    String benchmark,
    Instant at,
    String startedBy,
    Terms terms,
    State state,
    String problem,
    int done,
    int total,
    Duration left,
    double cost,
    int failures,
    Instant ended,
    List<RecordedVerdict> verdicts,
    Path folder) {

  /// How far a proof is.
  public enum State {
    RUNNING,
    DONE,
    /// It broke off; begun again, it goes on where it was.
    FAILED,
    /// Somebody stopped it; begun again, it goes on where it was.
    STOPPED,
    /// A person whose exchanges were in it was erased, and with them all of it but its verdicts.
    ERASED;

    /// The word for it in JSON.
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /// The same in another state.
  ProofRun in(State other, String why) {
    return new ProofRun(
        id, workload, benchmark, at, startedBy, terms, other, why, done, total, left, cost,
        failures, ended, verdicts, folder);
  }
}
