package dev.freehold.proving;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.evaluation.ProofSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A workload that is looked at on a schedule.
///
/// @param workload whose
/// @param candidate who is held against the incumbent
/// @param every how often
/// @param margin how many score points worse still counts as as good
/// @param cases how many new cases a look takes at most
/// @param modelGolds whether golds that no person has looked at will do
/// @param judge who compares answers, where the benchmark's grader is a judge; empty: the house's
/// @param collections what a candidate called `NAME+docs` is given
/// @param due when it is looked at next
/// @param problem why the last look failed; empty where it did not
public record Watch(
    String workload,
    String candidate,
    Duration every,
    double margin,
    int cases,
    boolean modelGolds,
    Optional<String> judge,
    Set<String> collections,
    Instant due,
    String problem) {

  private static final int LONGEST = 256;

  public Watch {
    collections = Set.copyOf(collections);
    if (every.compareTo(Duration.ofHours(1)) < 0 || every.compareTo(Duration.ofDays(366)) > 0) {
      throw new InvalidRequest("A workload is looked at every hour to every year.", "every");
    }
    if (!(margin > 0 && margin < 1) || cases < 1 || cases > 2_000) {
      throw new InvalidRequest(
          "A look takes 1 to 2,000 new cases; the margin lies between 0 and 100 points.", "cases");
    }
  }

  /// What each look asks.
  Terms terms() {
    return Terms.of(
            List.of(candidate),
            ProofSettings.standard(margin).withControl(false).withMaxTokens(LONGEST))
        .withModelGolds(modelGolds)
        .withJudge(judge, false)
        .withCollections(collections);
  }
}
