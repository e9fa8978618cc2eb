package dev.freehold.evaluation;

import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Grading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A whole run with its verdicts.
///
/// @param benchmark what was asked
/// @param settings fixed before
/// @param contestants the incumbent first
/// @param attempts all that was answered
/// @param judgements all that was judged
/// @param judge how far the judge is to be trusted, where there was one
/// @param table the scores
/// @param verdicts one a candidate
/// @param efforts one a contestant
/// @param version of this program
/// @param at when it was put together
public record Proof(
    Benchmark benchmark,
    ProofSettings settings,
    List<Contestant> contestants,
    List<Attempt> attempts,
    List<Judgement> judgements,
    Optional<JudgeSummary> judge,
    ScoreTable table,
    List<Verdict> verdicts,
    List<Effort> efforts,
    String version,
    Instant at) {

  public Proof {
    contestants = List.copyOf(contestants);
    attempts = List.copyOf(attempts);
    judgements = List.copyOf(judgements);
    verdicts = List.copyOf(verdicts);
    efforts = List.copyOf(efforts);
  }

  static Proof of(
      Benchmark benchmark,
      ProofSettings settings,
      List<Contestant> contestants,
      List<Attempt> attempts,
      List<Judgement> judgements,
      Optional<Judge> judge,
      Labels labels,
      Grading grading,
      String version,
      Instant at) {
    List<Attempt> ordered =
        attempts.stream()
            .sorted(
                Comparator.comparing(Attempt::caseId)
                    .thenComparing(Attempt::contestant)
                    .thenComparingInt(Attempt::run))
            .toList();
    ScoreTable table =
        new Marks(benchmark, settings, ordered, judgements, labels, grading).table(contestants);
    Map<String, Attempt> byKey = new HashMap<>();
    ordered.forEach(one -> byKey.put(one.key(), one));
    Map<String, Judgement> judged = new HashMap<>();
    judgements.forEach(one -> judged.put(one.key(), one));
    List<Effort> efforts = new ArrayList<>();
    contestants.forEach(one -> efforts.add(Effort.of(one, benchmark, ordered, table)));
    return new Proof(
        benchmark,
        settings,
        contestants,
        ordered,
        judgements,
        judgements.isEmpty()
            ? Optional.empty()
            : judge.map(one -> JudgeSummary.of(one, contestants, byKey, judged, labels)),
        table,
        verdicts(table, settings, contestants.stream().map(Contestant::name).toList()),
        efforts,
        version,
        at);
  }

  /// The verdicts that follow from scores and settings, and from nothing else.
  ///
  /// @param contestants by name, the incumbent first
  public static List<Verdict> verdicts(
      ScoreTable table, ProofSettings settings, List<String> contestants) {
    return Ruling.all(
        table, settings, contestants.subList(1, contestants.size()), contestants.getFirst());
  }

  /// The incumbent.
  public Contestant incumbent() {
    return contestants.getFirst();
  }

  /// Whether all scores can be computed again from the answers alone, without a model, a program or
  /// people.
  boolean regradable() {
    return benchmark.cases().stream()
        .map(benchmark::graderOf)
        .noneMatch(grader ->
            grader instanceof Grader.Program
                || grader instanceof Grader.Similarity
                || grader instanceof Grader.People);
  }
}
