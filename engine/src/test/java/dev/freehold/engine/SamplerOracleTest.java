package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.Sampling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The chain against `oracles/sampling.py`, which was written from the definitions in numpy.
class SamplerOracleTest {

  private static final List<JsonNode> CASES =
      Goldens.text(Path.of("src/test/resources/dev/freehold/engine/sampling.jsonl"))
          .lines()
          .map(JsonMapper.shared()::readTree)
          .toList();

  private static float[] logits(JsonNode golden) {
    float[] logits = new float[golden.get("logits").size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = golden.get("logits").get(i).floatValue();
    }
    return logits;
  }

  private static int[] tokens(JsonNode settings, String name) {
    return settings.path(name).valueStream().mapToInt(JsonNode::asInt).toArray();
  }

  private static Sampling sampling(JsonNode s) {
    Map<Integer, Double> bias = new HashMap<>();
    JsonNode biases = s.path("logitBias");
    biases.propertyNames().forEach(t -> bias.put(Integer.valueOf(t), biases.get(t).asDouble()));
    JsonNode dry = s.path("dry");
    return new Sampling(
        s.path("temperature").asDouble(1),
        s.path("topK").asInt(0),
        s.path("topP").asDouble(1),
        s.path("minP").asDouble(0),
        s.path("typicalP").asDouble(1),
        s.has("xtcThreshold")
            ? new Sampling.Xtc(1, s.get("xtcThreshold").asDouble())
            : Sampling.Xtc.OFF,
        s.path("repeatPenalty").asDouble(1),
        s.path("repeatLastN").asInt(64),
        s.path("presencePenalty").asDouble(0),
        s.path("frequencyPenalty").asDouble(0),
        dry.isObject()
            ? new Sampling.Dry(
                dry.get("multiplier").asDouble(),
                dry.get("base").asDouble(),
                dry.get("allowedLength").asInt(),
                dry.get("lastN").asInt(),
                List.of())
            : Sampling.Dry.OFF,
        Sampling.Mirostat.OFF,
        bias,
        OptionalLong.of(1));
  }

  private static SequenceBreakers breakers(JsonNode settings) {
    Map<Integer, List<int[]>> tails = new HashMap<>();
    for (JsonNode breaker : settings.path("dry").path("breakers")) {
      int[] tokens = Goldens.tokens(breaker);
      tails
          .computeIfAbsent(tokens[0], _ -> new ArrayList<>())
          .add(java.util.Arrays.copyOfRange(tokens, 1, tokens.length));
    }
    return new SequenceBreakers(tails);
  }

  private static void assertShares(Candidates left, double temperature, JsonNode golden) {
    Map<Integer, Double> shares = new TreeMap<>();
    double[] probabilities = left.probabilities(temperature);
    for (int i = 0; i < left.size(); i++) {
      shares.put(left.token(i), probabilities[i]);
    }
    JsonNode expected = golden.get("expected");
    assertThat(shares).as(golden.toString()).hasSize(expected.size());
    shares.forEach((token, share) ->
        assertThat(share)
            .as("token %d of %s", token, golden)
            .isCloseTo(expected.get(Integer.toString(token)).asDouble(), Offset.offset(2e-6)));
  }

  @Test
  void eachStepLeavesWhatItsDefinitionSays() {
    int tried = 0;
    for (JsonNode golden : CASES) {
      if (golden.has("settings")) {
        JsonNode settings = golden.get("settings");
        Sampling sampling = sampling(settings);
        var sampler = new Sampler(sampling, tokens(settings, "history"), breakers(settings));
        for (int token : tokens(settings, "generated")) {
          sampler.accept(token);
        }
        float[] logits = logits(golden);
        sampler.weigh(logits);
        assertShares(sampler.candidates(logits), sampling.temperature(), golden);
        tried++;
      }
    }
    assertThat(tried).isGreaterThan(30);
  }

  @Test
  void mirostatLeavesAndLearnsWhatItsDefinitionSays() {
    int tried = 0;
    for (JsonNode golden : CASES) {
      if (golden.has("mirostat")) {
        JsonNode s = golden.get("mirostat");
        var wanted =
            new Sampling.Mirostat(
                s.get("version").asInt(), s.get("tau").asDouble(), s.get("eta").asDouble());
        double temperature = s.get("temperature").asDouble();
        for (int chosen = 0; chosen < golden.get("after").size(); chosen++) {
          float[] logits = logits(golden);
          var mirostat = new Mirostat(wanted, logits.length);
          Candidates left = Candidates.of(logits, Double.NEGATIVE_INFINITY);
          mirostat.filter(left, temperature);
          assertShares(left, temperature, golden);
          mirostat.chosen(left.probabilities(temperature)[chosen]);
          assertThat(mirostat.most())
              .isCloseTo(golden.get("after").get(chosen).asDouble(), Offset.offset(1e-5));
        }
        tried++;
      }
    }
    assertThat(tried).isGreaterThanOrEqualTo(8);
  }
}
