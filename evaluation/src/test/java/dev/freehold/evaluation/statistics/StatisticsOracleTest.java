package dev.freehold.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.InputStream;
import java.util.Arrays;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Equal to scipy, statsmodels and scikit-learn on the same arrays (`oracles/statistics.py`).
class StatisticsOracleTest {

  private static final JsonNode GOLDEN = golden();

  private static JsonNode golden() {
    try (InputStream in =
        StatisticsOracleTest.class.getResourceAsStream(
            "/dev/freehold/evaluation/oracle/statistics.json")) {
      return JsonMapper.shared().readTree(in);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }

  private static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }

  private static void equal(Interval interval, JsonNode expected) {
    assertThat(interval.low()).isCloseTo(expected.get(0).doubleValue(), within(1e-6));
    assertThat(interval.high()).isCloseTo(expected.get(1).doubleValue(), within(1e-6));
  }

  @Test
  void pairedProportionsEqualTheReference() {
    for (JsonNode one : GOLDEN.get("tables")) {
      int[] t = ints(one.get("table"));
      PairedBinary paired = new PairedBinary(t[0], t[1], t[2], t[3]);
      assertThat(paired.exactMcNemar()).isCloseTo(one.get("mcnemar").doubleValue(), within(1e-9));
      equal(paired.newcombe(0.95), one.get("newcombe"));
      equal(paired.tango(0.95), one.get("tango"));
      equal(paired.tango(0.90), one.get("tango90"));
      assertThat(paired.nonInferiority(0.05))
          .isCloseTo(one.get("nonInferiority5").doubleValue(), within(1e-6));
    }
  }

  @Test
  void differencesOfScoresEqualTheReferenceAloneAndInClusters() {
    for (JsonNode one : GOLDEN.get("differences")) {
      PairedDifferences paired =
          PairedDifferences.of(doubles(one.get("differences")), ints(one.get("clusters")));
      assertThat(paired.mean()).isCloseTo(one.get("mean").doubleValue(), within(1e-9));
      assertThat(paired.standardError())
          .isCloseTo(one.get("standardError").doubleValue(), within(1e-9));
      assertThat(paired.noDifference())
          .isCloseTo(one.get("noDifference").doubleValue(), within(1e-6));
      equal(paired.student(0.95), one.get("student"));
      for (JsonNode two : one.get("weighted")) {
        double[] unseen = doubles(two.get("unseen"));
        WeightedMean weighted =
            new WeightedMean(paired.sums(), paired.sizes(), unseen[0], unseen[1], unseen[2]);
        for (JsonNode chance : two.get("below")) {
          assertThat(weighted.below(chance.get(0).doubleValue()))
              .isCloseTo(chance.get(1).doubleValue(), within(1e-9));
        }
        equal(
            new Interval(weighted.quantile(0.025), weighted.quantile(0.975)), two.get("quantiles"));
      }
    }
  }

  @Test
  void casesThatAreLostWhollyGiveTheBetaDistribution() {
    for (JsonNode one : GOLDEN.get("rareLosses")) {
      double[] sums = new double[one.get("cases").intValue()];
      double[] sizes = new double[sums.length];
      Arrays.fill(sizes, 1);
      Arrays.fill(sums, 0, one.get("losses").intValue(), -1);
      WeightedMean weighted = new WeightedMean(sums, sizes, -1, 1, one.get("weight").doubleValue());
      assertThat(weighted.quantile(0.025)).isCloseTo(one.get("low").doubleValue(), within(1e-9));
      assertThat(weighted.below(-0.02)).isCloseTo(one.get("below").doubleValue(), within(1e-10));
    }
  }

  @Test
  void confidenceSequencesEqualTheReference() {
    double[] differences = doubles(GOLDEN.get("sequence").get("differences"));
    for (JsonNode look : GOLDEN.get("sequence").get("looks")) {
      ConfidenceSequence sequence = new ConfidenceSequence(0.95);
      for (int i = 0; i < look.get("count").intValue(); i++) {
        sequence.add(differences[i]);
      }
      equal(sequence.interval(), look.get("interval"));
    }
  }

  @Test
  void powerEqualsTheReference() {
    for (JsonNode one : GOLDEN.get("power").get("bounded")) {
      double power =
          Power.bounded(
              one.get("clusters").intValue(),
              one.get("effect").doubleValue(),
              0,
              1,
              one.get("confidence").doubleValue());
      assertThat(power).isCloseTo(one.get("power").doubleValue(), within(1e-6));
    }
    for (JsonNode one : GOLDEN.get("power").get("binary")) {
      double power =
          Power.binary(
              one.get("cases").intValue(),
              one.get("margin").doubleValue(),
              one.get("difference").doubleValue(),
              one.get("discordance").doubleValue(),
              0.95);
      assertThat(power).isCloseTo(one.get("power").doubleValue(), within(1e-6));
    }
  }

  @Test
  void holmAndKappaEqualTheReference() {
    JsonNode holm = GOLDEN.get("holm");
    assertThat(Holm.adjust(doubles(holm.get("probabilities"))))
        .containsExactly(doubles(holm.get("adjusted")), within(1e-12));
    JsonNode kappa = GOLDEN.get("kappa");
    assertThat(CohensKappa.of(texts(kappa.get("one")), texts(kappa.get("other"))).kappa())
        .isCloseTo(kappa.get("kappa").doubleValue(), within(1e-9));
  }

  private static java.util.List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::stringValue).toList();
  }
}
