package dev.freehold.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetestsTest {

  private static ScoreTable look(SplittableRandom random, double candidate, double incumbent) {
    double[][] one = new double[50][];
    double[][] other = new double[50][];
    for (int i = 0; i < 50; i++) {
      one[i] = new double[] {random.nextDouble() < candidate ? 1 : 0};
      other[i] = new double[] {random.nextDouble() < incumbent ? 1 : 0};
    }
    List<String> ids = IntStream.range(0, 50).mapToObj(i -> "c" + i).toList();
    return new ScoreTable(
        ids, ids, Collections.nCopies(50, Map.of()), true, Map.of("new", one, "old", other));
  }

  private static Retests after(int looks, double candidate, double incumbent) {
    Retests retests = new Retests(ProofSettings.standard(0.05));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < looks; i++) {
      retests.add(look(random, candidate, incumbent), "new", "old");
    }
    return retests;
  }

  @Test
  void looksAddUpToAnOutcome() {
    assertThat(after(1, 0.9, 0.9).outcome()).isEqualTo(Verdict.Outcome.NOT_ENOUGH_EVIDENCE);
    assertThat(after(60, 0.9, 0.9).outcome()).isEqualTo(Verdict.Outcome.AS_GOOD);
    assertThat(after(20, 0.6, 0.9).outcome()).isEqualTo(Verdict.Outcome.WORSE);
    assertThat(after(20, 0.6, 0.9).conversations()).isEqualTo(1000);
  }
}
