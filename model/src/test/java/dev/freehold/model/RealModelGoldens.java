package dev.freehold.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.freehold.model.Batch.Entry;
import dev.freehold.model.Batch.Outputs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What transformers gave in float32 for the dequantised weights of a real model; the formats are
/// described in `oracles/README.md`.
record RealModelGoldens(String name) {

  private static final JsonMapper JSON = new JsonMapper();

  private InputStream resource(String suffix) {
    return RealModelGoldens.class.getResourceAsStream(
        "/dev/freehold/model/oracle/" + name + suffix);
  }

  JsonNode json(String suffix) {
    return JSON.readTree(resource(suffix));
  }

  List<JsonNode> prompts() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(resource("-greedy.jsonl"), StandardCharsets.UTF_8))) {
      return lines.lines().map(line -> JSON.readTree(line)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Compares the fifty best logits of each position that the goldens hold.
  void assertTopLogits(LanguageModel model, double tolerance) {
    double worst = 0;
    for (JsonNode golden : json("-logits.json").get("cases")) {
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
          assertThat(logSumExp(row)).isCloseTo(top.get("logSumExp").asDouble(), offset(tolerance));
        }
      }
    }
    assertThat(worst).isLessThan(tolerance);
  }

  /// Lets all prompts go on greedily in one batch.
  void assertGreedyTokensInOneBatch(LanguageModel model) {
    List<JsonNode> prompts = prompts();
    List<SequenceState> sequences = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    for (JsonNode prompt : prompts) {
      SequenceState sequence = model.newSequence();
      sequences.add(sequence);
      entries.add(new Entry(sequence, integers(prompt.get("tokens")), Outputs.LAST));
    }
    int steps = prompts.getFirst().get("greedy").size();
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

  static int[] integers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  static int best(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  static double logSumExp(float[] logits) {
    double largest = logits[best(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    return largest + Math.log(sum);
  }
}
