package dev.freehold.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Several candidates tried at once: the level is held for all of them together.
class JointVerdictsTest {

  private static final int CASES = 400;
  private static final double MARGIN = 0.06;
  private static final List<String> CONTESTANTS =
      List.of("rented", "one", "two", "three", "four", "five");

  /// Five candidates, each truly worse by the margin and each differing from the incumbent on other
  /// cases, so that their chances to look well are independent of each other.
  private static ScoreTable atTheMargin(SplittableRandom random) {
    Map<String, double[][]> scores = new HashMap<>();
    double[][] incumbent = new double[CASES][1];
    for (int i = 0; i < CASES; i++) {
      incumbent[i][0] = random.nextDouble() < 0.8 ? 1 : 0;
    }
    scores.put("rented", incumbent);
    for (String name : CONTESTANTS.subList(1, CONTESTANTS.size())) {
      double[][] own = new double[CASES][1];
      for (int i = 0; i < CASES; i++) {
        boolean right = incumbent[i][0] == 1;
        // Loses 15 % of 80 % and wins 30 % of 20 %: worse by 6 points.
        own[i][0] =
            right ? (random.nextDouble() < 0.15 ? 0 : 1) : (random.nextDouble() < 0.3 ? 1 : 0);
      }
      scores.put(name, own);
    }
    List<String> ids = IntStream.range(0, CASES).mapToObj(i -> "c" + i).toList();
    return new ScoreTable(
        ids,
        ids,
        IntStream.range(0, CASES).mapToObj(_ -> Map.<String, String>of()).toList(),
        true,
        scores);
  }

  @Test
  void theChanceThatAnyOfFiveIsFalselyCalledAsGoodOrWorseIsThatOfOne() {
    ProofSettings settings = ProofSettings.standard(MARGIN).withControl(false);
    SplittableRandom random = new SplittableRandom(5);
    int runs = Integer.getInteger("freehold.simulations", 200);
    int falselyGood = 0;
    int falselyWorse = 0;
    int goodByItself = 0;
    for (int run = 0; run < runs; run++) {
      List<Verdict> together = Proof.verdicts(atTheMargin(random), settings, CONTESTANTS);
      falselyGood += any(together, Verdict.Outcome.AS_GOOD) ? 1 : 0;
      falselyWorse += any(together, Verdict.Outcome.WORSE) ? 1 : 0;
      goodByItself +=
          together.stream().anyMatch(one -> one.comparison().interval().low() > -MARGIN) ? 1 : 0;
    }
    // Promised are 2.5 % each; 200 simulations tell that from 5.8 % (three standard errors).
    assertThat(falselyGood / (double) runs).isLessThanOrEqualTo(0.058);
    assertThat(falselyWorse / (double) runs).isLessThanOrEqualTo(0.058);
    assertThat(goodByItself / (double) runs).as("what it would be without").isGreaterThan(0.06);
  }

  private static boolean any(List<Verdict> verdicts, Verdict.Outcome outcome) {
    return verdicts.stream().anyMatch(one -> one.outcome() == outcome);
  }

  @Test
  void whatWouldHaveHeldAloneSaysWhyItDoesNotHoldTogether() {
    ProofSettings settings = ProofSettings.standard(MARGIN).withControl(false);
    SplittableRandom random = new SplittableRandom(5);
    for (int run = 0; run < 60; run++) {
      for (Verdict one : Proof.verdicts(atTheMargin(random), settings, CONTESTANTS)) {
        boolean alone = one.comparison().interval().low() > -MARGIN;
        if (alone && one.outcome() == Verdict.Outcome.NOT_ENOUGH_EVIDENCE) {
          assertThat(one.notes().getFirst())
              .contains("By itself its interval would say as good", "5 candidates");
          assertThat(one.joint().orElseThrow().asGoodAdjusted()).isGreaterThanOrEqualTo(0.025);
          return;
        }
      }
    }
    throw new AssertionError("No such case came.");
  }

  @Test
  void aPlanForSeveralCandidatesAsksForMoreCases() {
    Benchmark benchmark =
        new Benchmark(
            "b", 1, new dev.freehold.evaluation.grader.Grader.Exact(), List.of(Case.of("a", "?")));
    Plan one = Plan.of(benchmark, ProofSettings.standard(0.03));
    Plan three = Plan.of(benchmark, ProofSettings.standard(0.03), 3);
    assertThat(three.needed()).isGreaterThan(one.needed());
    assertThat(three.sentence(ProofSettings.standard(0.03)))
        .contains("for each of 3 candidates tried together");
    assertThat(one.sentence(ProofSettings.standard(0.03))).doesNotContain("candidates");
  }
}
