package dev.freehold.evaluation;

import dev.freehold.evaluation.statistics.CohensKappa;
import dev.freehold.evaluation.statistics.PairedBinary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// How far a judge is to be trusted.
///
/// @param judge its model's name
/// @param digest its model's digest
/// @param kin contestants of its own family that it was forced to judge
/// @param pairs pairs of answers shown in both orders
/// @param consistent pairs in which it preferred the same answer, or none, both times
/// @param first inconsistent pairs in which it preferred whatever came first
/// @param second inconsistent pairs in which it preferred whatever came second
/// @param longer decided pairs of unequal length in which it preferred the longer answer
/// @param unequal decided pairs of unequal length
/// @param unclear judgements that were no A, B or T
/// @param calibration its agreement with people; empty where nobody labelled
/// @param warnings what is wrong with it
public record JudgeSummary(
    String judge,
    String digest,
    List<String> kin,
    int pairs,
    int consistent,
    int first,
    int second,
    int longer,
    int unequal,
    int unclear,
    Optional<CohensKappa> calibration,
    List<String> warnings) {

  private static final double BY_CHANCE = 0.01;
  private static final double MODERATE = 0.4;

  public JudgeSummary {
    kin = List.copyOf(kin);
    warnings = List.copyOf(warnings);
  }

  static JudgeSummary of(
      Judge judge,
      List<Contestant> contestants,
      Map<String, Attempt> attempts,
      Map<String, Judgement> judgements,
      Labels labels) {
    Tally tally = new Tally(contestants.getFirst().name(), attempts, labels);
    for (Judgement one : judgements.values()) {
      Judgement other =
          judgements.get(Judgement.key(one.candidate(), one.caseId(), one.run(), false));
      tally.unclear += one.choice() == Judgement.Choice.UNCLEAR ? 1 : 0;
      if (one.candidateFirst() && other != null) {
        tally.pair(one, other);
      }
    }
    List<String> kin =
        contestants.stream()
            .filter(one -> one.family().equals(judge.family()))
            .map(Contestant::name)
            .toList();
    return new JudgeSummary(
        judge.name(),
        judge.digest(),
        kin,
        tally.pairs,
        tally.consistent,
        tally.first,
        tally.second,
        tally.longer,
        tally.unequal,
        tally.unclear,
        tally.calibration(),
        tally.warnings(kin));
  }

  private static double chance(int one, int other) {
    return one + other == 0 ? 1 : new PairedBinary(0, one, other, 0).exactMcNemar();
  }

  /// Counts while pairs are looked at.
  private static final class Tally {
    private final String incumbent;
    private final Map<String, Attempt> attempts;
    private final Labels labels;
    private final List<String> byJudge = new ArrayList<>();
    private final List<String> byPeople = new ArrayList<>();
    private int pairs;
    private int consistent;
    private int first;
    private int second;
    private int longer;
    private int unequal;
    private int unclear;

    Tally(String incumbent, Map<String, Attempt> attempts, Labels labels) {
      this.incumbent = incumbent;
      this.attempts = new HashMap<>(attempts);
      this.labels = labels;
    }

    void pair(Judgement one, Judgement other) {
      pairs++;
      double score = (one.forCandidate() + other.forCandidate()) / 2;
      if (one.forCandidate() == other.forCandidate()) {
        consistent++;
        length(one, score);
      } else {
        first +=
            one.choice() == Judgement.Choice.FIRST && other.choice() != Judgement.Choice.SECOND
                ? 1
                : 0;
        first +=
            one.choice() != Judgement.Choice.FIRST && other.choice() == Judgement.Choice.FIRST
                ? 1
                : 0;
        second +=
            one.choice() == Judgement.Choice.SECOND && other.choice() != Judgement.Choice.FIRST
                ? 1
                : 0;
        second +=
            one.choice() != Judgement.Choice.SECOND && other.choice() == Judgement.Choice.SECOND
                ? 1
                : 0;
      }
      OptionalDouble people = labels.of(one.candidate(), one.caseId());
      OptionalDouble peopleOfOther = labels.of(incumbent, one.caseId());
      if (people.isPresent() && peopleOfOther.isPresent()) {
        byJudge.add(side(score - 0.5));
        byPeople.add(side(people.getAsDouble() - peopleOfOther.getAsDouble()));
      }
    }

    private void length(Judgement one, double score) {
      Attempt answer = attempts.get(Attempt.key(one.candidate(), one.caseId(), one.run()));
      Attempt other = attempts.get(Attempt.key(incumbent, one.caseId(), one.run()));
      if (answer == null || other == null || score == 0.5) {
        return;
      }
      int more = Integer.compare(answer.text().length(), other.text().length());
      if (more != 0) {
        unequal++;
        longer += more > 0 == score > 0.5 ? 1 : 0;
      }
    }

    private static String side(double difference) {
      return difference > 0 ? "candidate" : difference < 0 ? "incumbent" : "tie";
    }

    Optional<CohensKappa> calibration() {
      return byJudge.isEmpty() ? Optional.empty() : Optional.of(CohensKappa.of(byJudge, byPeople));
    }

    List<String> warnings(List<String> kin) {
      List<String> warnings = new ArrayList<>();
      kin.forEach(
          name -> warnings.add("It is of the same family as %s and was forced.".formatted(name)));
      if (first > second && chance(first, second) < BY_CHANCE) {
        warnings.add(
            "It prefers what comes first: in %d of %d pairs it turned with the order."
                .formatted(first, pairs));
      }
      if (second > first && chance(first, second) < BY_CHANCE) {
        warnings.add(
            "It prefers what comes second: in %d of %d pairs it turned with the order."
                .formatted(second, pairs));
      }
      if (chance(longer, unequal - longer) < BY_CHANCE) {
        warnings.add(
            "It prefers the %s answer: in %d of %d decided pairs."
                .formatted(
                    2 * longer > unequal ? "longer" : "shorter",
                    Math.max(longer, unequal - longer),
                    unequal));
      }
      Optional<CohensKappa> calibration = calibration();
      if (calibration.isEmpty()) {
        warnings.add("Nobody compared it with people: its agreement (κ) is unknown.");
      } else if (calibration.get().kappa() < MODERATE) {
        warnings.add("It agrees with people hardly beyond chance.");
      }
      return warnings;
    }
  }
}
