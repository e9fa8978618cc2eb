package dev.freehold.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.fixture.DefaultModel;
import dev.freehold.model.Batch.Outputs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The default model against transformers in float32 on the same dequantised weights
/// (`oracles/smollm2.py`).
class DefaultModelOracleTest {

  private static final RealModelGoldens GOLDENS = new RealModelGoldens("smollm2");

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
  void theBestFiftyLogitsAreTheReferences() {
    GOLDENS.assertTopLogits(model, TOLERANCE);
  }

  @Test
  void twentyPromptsGoOnForTwoHundredTokensAsTheReferenceDoesAllInOneBatch() {
    assertThat(GOLDENS.prompts()).hasSize(20);
    assertThat(GOLDENS.prompts().getFirst().get("greedy").size()).isEqualTo(200);
    GOLDENS.assertGreedyTokensInOneBatch(model);
  }

  @Test
  void aPromptAloneInPiecesGoesOnAsTheReferenceDoes() {
    JsonNode prompt = GOLDENS.prompts().get(7);
    int[] tokens = RealModelGoldens.integers(prompt.get("tokens"));
    int[] greedy = RealModelGoldens.integers(prompt.get("greedy"));
    try (SequenceState sequence = model.newSequence()) {
      for (int i = 0; i < tokens.length - 1; i++) {
        model.step(Batch.of(sequence, new int[] {tokens[i]}, Outputs.NONE));
      }
      int next = tokens[tokens.length - 1];
      for (int step = 0; step < greedy.length; step++) {
        float[] logits = model.step(Batch.of(sequence, new int[] {next}, Outputs.LAST)).last(0);
        next = RealModelGoldens.best(logits);
        assertThat(next).as("token %d", step).isEqualTo(greedy[step]);
      }
    }
  }
}
