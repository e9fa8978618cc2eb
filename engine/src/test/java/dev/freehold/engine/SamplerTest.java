package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.Sampling;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SamplerTest {

  /// Probabilities one half, one quarter, one eighth, and two of a sixteenth.
  private static final double[] SHARES = {0.0625, 0.5, 0.125, 0.25, 0.0625};

  private static float[] logits() {
    float[] logits = new float[SHARES.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(SHARES[i]);
    }
    return logits;
  }

  private static Sampling sampling(double temperature, int topK, double topP, double minP) {
    return new Sampling(temperature, topK, topP, minP, 1, 0, 0, OptionalLong.of(11));
  }

  private static Map<Integer, Double> frequencies(Sampling sampling) {
    Map<Integer, Double> counts = new TreeMap<>();
    var sampler = new Sampler(sampling, new int[0]);
    int draws = 40_000;
    for (int i = 0; i < draws; i++) {
      counts.merge(sampler.next(logits()), 1.0 / draws, Double::sum);
    }
    return counts;
  }

  private static Set<Integer> kept(Sampling sampling) {
    return new TreeSet<>(frequencies(sampling).keySet());
  }

  @Test
  void atTemperatureOneTokensComeAsOftenAsTheModelSays() {
    var counts = frequencies(sampling(1, 0, 1, 0));
    for (int token = 0; token < SHARES.length; token++) {
      assertThat(counts.get(token))
          .isCloseTo(SHARES[token], org.assertj.core.data.Offset.offset(0.01));
    }
  }

  @Test
  void temperatureSharpensAfterTheFilters() {
    // At one half, shares are squared: 16 : 4 : 1 of what top-k 3 leaves.
    var counts = frequencies(sampling(0.5, 3, 1, 0));
    assertThat(counts.keySet()).containsExactly(1, 2, 3);
    assertThat(counts.get(1)).isCloseTo(16 / 21.0, org.assertj.core.data.Offset.offset(0.01));
    // A high temperature does not bring back what top-p dropped before it.
    assertThat(kept(sampling(2, 0, 0.7, 0))).containsExactly(1, 3);
  }

  @Test
  void eachFilterKeepsWhatItsDefinitionSays() {
    assertThat(kept(sampling(1, 1, 1, 0))).containsExactly(1);
    assertThat(kept(sampling(1, 2, 1, 0))).containsExactly(1, 3);
    assertThat(kept(sampling(1, 0, 0.5, 0))).containsExactly(1);
    assertThat(kept(sampling(1, 0, 0.51, 0))).containsExactly(1, 3);
    assertThat(kept(sampling(1, 0, 0.76, 0))).containsExactly(1, 2, 3);
    assertThat(kept(sampling(1, 0, 0, 0))).containsExactly(1);
    assertThat(kept(sampling(1, 0, 1, 0.3))).containsExactly(1, 3);
    assertThat(kept(sampling(1, 0, 1, 1))).containsExactly(1);
    // Top-p is counted within what top-k left: 0.5 of 0.75 is over 0.6.
    assertThat(kept(sampling(1, 2, 0.6, 0))).containsExactly(1);
  }

  @Test
  void aSeedDecides() {
    var a = new Sampler(sampling(1, 0, 1, 0), new int[0]);
    var b = new Sampler(sampling(1, 0, 1, 0), new int[0]);
    for (int i = 0; i < 100; i++) {
      assertThat(a.next(logits())).isEqualTo(b.next(logits()));
    }
  }

  @Test
  void penaltiesFollowTheirDefinitions() {
    var presence =
        new Sampler(new Sampling(0, 0, 1, 0, 1, 0.8, 0, OptionalLong.empty()), new int[] {3});
    // The prompt's tokens are not penalised; once generated, token 1 loses 0.8 to token 3.
    assertThat(presence.next(logits())).isEqualTo(1);
    assertThat(presence.next(logits())).isEqualTo(3);
    assertThat(presence.next(logits())).isEqualTo(1);
    var frequency =
        new Sampler(new Sampling(0, 0, 1, 0, 1, 0, 0.4, OptionalLong.empty()), new int[0]);
    assertThat(frequency.next(logits())).isEqualTo(1);
    assertThat(frequency.next(logits())).isEqualTo(1);
    assertThat(frequency.next(logits())).isEqualTo(3);
    // The repetition penalty sees the prompt, and makes a negative logit lower, not higher.
    var repetition =
        new Sampler(new Sampling(0, 0, 1, 0, 3, 0, 0, OptionalLong.empty()), new int[] {1});
    assertThat(repetition.next(logits())).isEqualTo(3);
  }

  @Test
  void logProbabilitiesAreOfTheWholeDistribution() {
    var probabilities = LogProbabilities.of(logits());
    assertThat(Math.exp(probabilities.of(3)))
        .isCloseTo(0.25, org.assertj.core.data.Offset.offset(1e-6));
    assertThat(probabilities.best(3)).containsExactly(1, 3, 2);
    assertThat(probabilities.best(20)).containsExactly(1, 3, 2, 0, 4);
    assertThat(probabilities.best(0)).isEmpty();
  }

  private static float[] zipf(int size) {
    float[] logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = (float) -Math.log(i + 1.0);
    }
    return logits;
  }

  @Test
  void theLikeliestAreExcludedAsOftenAsAsked() {
    var xtc = new Sampling.Xtc(0.3, 0.2);
    var sampling =
        new Sampling(
            1,
            0,
            1,
            0,
            1,
            xtc,
            1,
            64,
            0,
            0,
            Sampling.Dry.OFF,
            Sampling.Mirostat.OFF,
            Map.of(),
            OptionalLong.of(4));
    // One half and one quarter reach the threshold: at 0.3 of the times the half is left out.
    assertThat(frequencies(sampling).get(1))
        .isCloseTo(0.7 * 0.5, org.assertj.core.data.Offset.offset(0.01));
  }

  @Test
  void mirostatKeepsTheSurpriseNearItsTarget() {
    for (int version = 1; version <= 2; version++) {
      var mirostat = new Sampling.Mirostat(version, 3, 0.1);
      var sampling =
          new Sampling(
              1,
              0,
              1,
              0,
              1,
              Sampling.Xtc.OFF,
              1,
              64,
              0,
              0,
              Sampling.Dry.OFF,
              mirostat,
              Map.of(),
              OptionalLong.of(4));
      var sampler = new Sampler(sampling, new int[0]);
      float[] logits = zipf(2_000);
      var probabilities = LogProbabilities.of(logits.clone());
      double bits = 0;
      int draws = 4_000;
      for (int i = 0; i < draws; i++) {
        bits -= probabilities.of(sampler.next(logits.clone())) / Math.log(2);
      }
      // The surprise among those left is steered; under the whole distribution it is a little more.
      assertThat(bits / draws).as("version %d", version).isBetween(2.7, 5.5);
    }
  }

  @Test
  void aBiasBansAndForces() {
    var ban = biased(Map.of(1, -100.0));
    assertThat(kept(ban)).containsExactly(0, 2, 3, 4);
    assertThat(kept(biased(Map.of(4, 100.0)))).containsExactly(4);
  }

  private static Sampling biased(Map<Integer, Double> bias) {
    return new Sampling(
        1,
        0,
        1,
        0,
        1,
        Sampling.Xtc.OFF,
        1,
        64,
        0,
        0,
        Sampling.Dry.OFF,
        Sampling.Mirostat.OFF,
        bias,
        OptionalLong.of(4));
  }

  @Test
  void whatIsImpossibleIsNeverChosen() {
    for (Sampling sampling :
        java.util.List.of(
            sampling(1.5, 0, 1, 0),
            sampling(1.5, 4, 1, 0),
            sampling(1.5, 0, 0.99, 0),
            sampling(0, 0, 1, 0),
            sampling(1.5, 0, 1, 0.01))) {
      var sampler = new Sampler(sampling, new int[0]);
      for (int i = 0; i < 200; i++) {
        float[] logits = logits();
        logits[1] = Float.NEGATIVE_INFINITY;
        logits[3] = Float.NEGATIVE_INFINITY;
        assertThat(sampler.next(logits)).isIn(0, 2, 4);
      }
    }
  }

  @Test
  void whatCannotBeHonouredTogetherIsRefused() {
    org.assertj.core.api.Assertions.assertThatThrownBy(() ->
            new Sampling(
                1,
                40,
                1,
                0,
                1,
                Sampling.Xtc.OFF,
                1,
                64,
                0,
                0,
                Sampling.Dry.OFF,
                new Sampling.Mirostat(2, 5, 0.1),
                Map.of(),
                OptionalLong.empty()))
        .isInstanceOf(dev.freehold.chat.InvalidRequest.class)
        .hasMessageContaining("mirostat");
  }
}
