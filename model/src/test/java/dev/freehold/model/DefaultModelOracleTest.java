package dev.freehold.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.freehold.fixture.DefaultModel;
import dev.freehold.model.Batch.Entry;
import dev.freehold.model.Batch.Outputs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The default model against transformers in float32 on the same dequantised weights
/// (`oracles/smollm2.py`).
class DefaultModelOracleTest {

  private static final JsonMapper JSON = new JsonMapper();

  /// Largest difference of a logit; they spread over about 40.
  private static final double TOLERANCE = 4e-3;

  private static LanguageModel model;

  @BeforeAll
  static void open() {
    model = Models.open(DefaultModel.path(), ModelConfiguration.standard());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void theBestFiftyLogitsAreTheReferences() throws IOException {
    double worst = 0;
    for (JsonNode golden : JSON.readTree(resource("smollm2-logits.json")).get("cases")) {
      int[] tokens = integers(golden.get("tokens"));
      try (SequenceState sequence = model.newSequence()) {
        Logits logits = model.step(Batch.of(sequence, tokens, Outputs.ALL));
        for (JsonNode top : golden.get("top")) {
          float[] row = logits.row(0, top.get("position").asInt());
          int[] best = integers(top.get("tokens"));
          for (int i = 0; i < best.length; i++) {
            double expected = top.get("logits").get(i).asDouble();
            worst = Math.max(worst, Math.abs(row[best[i]] - expected));
          }
          assertThat(logSumExp(row)).isCloseTo(top.get("logSumExp").asDouble(), offset(TOLERANCE));
        }
      }
    }
    assertThat(worst).isLessThan(TOLERANCE);
  }

  @Test
  void twentyPromptsGoOnForTwoHundredTokensAsTheReferenceDoesAllInOneBatch() throws IOException {
    List<JsonNode> prompts = prompts();
    assertThat(prompts).hasSize(20);
    List<SequenceState> sequences = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    for (JsonNode prompt : prompts) {
      SequenceState sequence = model.newSequence();
      sequences.add(sequence);
      entries.add(new Entry(sequence, integers(prompt.get("tokens")), Outputs.LAST));
    }
    int steps = prompts.getFirst().get("greedy").size();
    assertThat(steps).isEqualTo(200);
    for (int step = 0; step < steps; step++) {
      Logits logits = model.step(new Batch(entries));
      entries.clear();
      for (int i = 0; i < sequences.size(); i++) {
        int token = best(logits.last(i));
        assertThat(token)
            .as("prompt %d, token %d", i, step)
            .isEqualTo(prompts.get(i).get("greedy").get(step).asInt());
        entries.add(new Entry(sequences.get(i), new int[] {token}, Outputs.LAST));
      }
    }
    sequences.forEach(SequenceState::close);
  }

  @Test
  void aPromptAloneInPiecesGoesOnAsTheReferenceDoes() throws IOException {
    JsonNode prompt = prompts().get(7);
    int[] tokens = integers(prompt.get("tokens"));
    int[] greedy = integers(prompt.get("greedy"));
    try (SequenceState sequence = model.newSequence()) {
      for (int i = 0; i < tokens.length - 1; i++) {
        model.step(Batch.of(sequence, new int[] {tokens[i]}, Outputs.NONE));
      }
      int next = tokens[tokens.length - 1];
      for (int step = 0; step < greedy.length; step++) {
        next = best(model.step(Batch.of(sequence, new int[] {next}, Outputs.LAST)).last(0));
        assertThat(next).as("token %d", step).isEqualTo(greedy[step]);
      }
    }
  }

  private static List<JsonNode> prompts() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(resource("smollm2-greedy.jsonl"), StandardCharsets.UTF_8))) {
      return lines.lines().map(line -> JSON.readTree(line)).toList();
    }
  }

  private static InputStream resource(String name) {
    return DefaultModelOracleTest.class.getResourceAsStream("/dev/freehold/model/oracle/" + name);
  }

  private static int[] integers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  private static double logSumExp(float[] logits) {
    double largest = logits[best(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    return largest + Math.log(sum);
  }
}
