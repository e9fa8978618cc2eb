package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.chat.Continuation;
import dev.freehold.engine.LocalChatModel;
import dev.freehold.evaluation.Benchmark;
import dev.freehold.evaluation.BenchmarkFiles;
import dev.freehold.evaluation.Choices;
import dev.freehold.fixture.DefaultModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The default model on a task file, held to what lm-evaluation-harness made of the same
/// (`oracles/multiple_choice.py`).
///
/// Each log-likelihood, some tens of nats, is held to 1e-4 of its size, the scores to 1e-4.
///
/// The first cases only; `-Dfreehold.choices=60` for all.
class MultipleChoiceTest {

  @Test
  void likelihoodsAndAccuracyEqualTheHarness() throws Exception {
    Path folder =
        Path.of(
            System.getProperty("freehold.root"),
            "evaluation/src/test/resources/dev/freehold/evaluation/multiple_choice");
    JsonNode golden =
        JsonMapper.shared().readTree(Files.readString(folder.resolve("company.json")));
    Benchmark task =
        BenchmarkFiles.read(folder.resolve("company.yaml"), BenchmarkFiles.Reading.plain())
            .benchmark();
    assertThat(task.cases()).hasSize(golden.get("cases").size());
    int cases = Integer.getInteger("freehold.choices", 12);
    double worst = 0;
    double right = 0;
    double rightByLength = 0;
    double expected = 0;
    double expectedByLength = 0;
    try (LocalChatModel model = LocalChatModel.open(DefaultModel.path())) {
      for (int i = 0; i < cases; i++) {
        Choices choices = task.cases().get(i).choices().orElseThrow();
        JsonNode one = golden.get("cases").get(i);
        List<Continuation> scored = model.continuations(choices.context(), choices.continuations());
        double[] likelihoods = scored.stream().mapToDouble(Continuation::logProbability).toArray();
        for (int k = 0; k < likelihoods.length; k++) {
          double reference = one.get("logLikelihoods").get(k).doubleValue();
          double size = Math.max(1, Math.abs(reference));
          worst = Math.max(worst, Math.abs(likelihoods[k] - reference) / size);
          assertThat(likelihoods[k])
              .as("case %d, option %d", i, k)
              .isCloseTo(reference, within(1e-4 * size));
        }
        right += best(likelihoods, null) == choices.right() ? 1 : 0;
        rightByLength += best(likelihoods, choices.options()) == choices.right() ? 1 : 0;
        expected += one.get("acc").doubleValue();
        expectedByLength += one.get("acc_norm").doubleValue();
      }
    }
    System.out.printf(
        "largest relative distance %.6f; acc %.4f (%.4f), acc_norm %.4f (%.4f)%n",
        worst, right / cases, expected / cases, rightByLength / cases, expectedByLength / cases);
    assertThat(right / cases).isCloseTo(expected / cases, within(1e-4));
    assertThat(rightByLength / cases).isCloseTo(expectedByLength / cases, within(1e-4));
  }

  private static int best(double[] likelihoods, List<String> options) {
    int best = 0;
    for (int i = 1; i < likelihoods.length; i++) {
      double one = likelihoods[i] / (options == null ? 1 : options.get(i).length());
      double most = likelihoods[best] / (options == null ? 1 : options.get(best).length());
      best = one > most ? i : best;
    }
    return best;
  }
}
