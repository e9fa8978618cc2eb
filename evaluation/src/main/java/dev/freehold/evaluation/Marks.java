package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Grading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Turns what contestants said into scores.
final class Marks {

  private final Benchmark benchmark;
  private final ProofSettings settings;
  private final Map<String, Attempt> attempts = new HashMap<>();
  private final Map<String, Judgement> judgements = new HashMap<>();
  private final Labels labels;
  private final Grading grading;

  Marks(
      Benchmark benchmark,
      ProofSettings settings,
      List<Attempt> attempts,
      List<Judgement> judgements,
      Labels labels,
      Grading grading) {
    this.benchmark = benchmark;
    this.settings = settings;
    attempts.forEach(one -> this.attempts.put(one.key(), one));
    judgements.forEach(one -> this.judgements.put(one.key(), one));
    this.labels = labels;
    this.grading = grading;
  }

  /// @throws InvalidRequest where a case was not asked, judged or labelled
  ScoreTable table(List<Contestant> contestants) {
    String incumbent = contestants.getFirst().name();
    Map<String, double[][]> scores = new HashMap<>();
    for (Contestant one : contestants) {
      scores.put(one.name(), scores(one.name(), incumbent));
    }
    // A judge compares pairs and people label what they were shown: neither sees the control.
    if (settings.control() && benchmark.cases().stream().noneMatch(this::pairwise)) {
      scores.put(incumbent + Attempt.AGAIN, scores(incumbent + Attempt.AGAIN, incumbent));
    }
    return new ScoreTable(
        benchmark.cases().stream().map(Case::id).toList(),
        benchmark.cases().stream().map(Case::conversation).toList(),
        benchmark.cases().stream().map(Case::slices).toList(),
        benchmark.cases().stream().allMatch(one -> benchmark.graderOf(one).binary()),
        scores);
  }

  private boolean pairwise(Case one) {
    Grader grader = benchmark.graderOf(one);
    return grader instanceof Grader.Judge || grader instanceof Grader.People;
  }

  private double[][] scores(String contestant, String incumbent) {
    List<double[]> rows = new ArrayList<>();
    for (Case one : benchmark.cases()) {
      double[] runs = new double[settings.runs()];
      for (int run = 0; run < runs.length; run++) {
        runs[run] = score(one, contestant, run, incumbent);
      }
      rows.add(runs);
    }
    return rows.toArray(double[][]::new);
  }

  private double score(Case one, String contestant, int run, String incumbent) {
    Attempt attempt = attempts.get(Attempt.key(contestant, one.id(), run));
    if (attempt == null) {
      throw new InvalidRequest(
          "Case %s was not put to %s.".formatted(one.id(), contestant), "case");
    }
    return switch (benchmark.graderOf(one)) {
      case Grader.Judge _ -> attempt.failed() ? 0 : judged(one, contestant, run, incumbent);
      case Grader.People _ -> labelled(one, contestant);
      case Grader.Likelihood likelihood -> chosen(one, attempt, likelihood.normalised());
      case Grader grader ->
          attempt.failed() ? 0 : grading.score(grader, one.question(), attempt.text()).value();
    };
  }

  private double labelled(Case one, String contestant) {
    return labels
        .of(contestant, one.id())
        .orElseThrow(() ->
            new InvalidRequest(
                "Nobody has scored %s's answer to case %s yet.".formatted(contestant, one.id()),
                "labels"));
  }

  /// 1 where the right option is the likeliest; of equal ones the first counts, as in the harness.
  static double chosen(Case one, Attempt attempt, boolean normalised) {
    if (attempt.failed()) {
      return 0;
    }
    Choices choices = one.choices().orElseThrow();
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < choices.options().size(); i++) {
      String option = choices.options().get(i);
      double length = normalised ? option.codePointCount(0, option.length()) : 1;
      double likelihood = attempt.likelihoods().get(i) / length;
      if (likelihood > most) {
        most = likelihood;
        best = i;
      }
    }
    return best == choices.right() ? 1 : 0;
  }

  /// The candidate's mean over both orders; the incumbent's score is a half, whoever it is held
  /// against, so that the difference is what the judge said.
  private double judged(Case one, String contestant, int run, String incumbent) {
    if (contestant.equals(incumbent)) {
      return 0.5;
    }
    double sum = 0;
    for (boolean first : new boolean[] {true, false}) {
      Judgement judgement = judgements.get(Judgement.key(contestant, one.id(), run, first));
      if (judgement == null) {
        throw new InvalidRequest(
            "Case %s was not judged for %s.".formatted(one.id(), contestant), "judge");
      }
      sum += judgement.forCandidate();
    }
    return sum / 2;
  }
}
