package dev.freehold.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.freehold.model.Batch.Outputs;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Gemma 3 270M Q4_K_M against transformers in float32 on the same dequantised weights
/// (`oracles/gemma3.py`). The file is not part of the build: the tests exist where the system
/// property `freehold.test.gemma3` names it.
class Gemma3OracleTest {

  private static final RealModelGoldens GOLDENS = new RealModelGoldens("gemma3");

  /// Largest difference of a logit; they spread over about 70.
  private static final double TOLERANCE = 5e-3;

  @TestFactory
  Stream<DynamicTest> whereTheFileIs() {
    String file = System.getProperty("freehold.test.gemma3", "");
    if (file.isEmpty()) {
      return Stream.empty();
    }
    Path path = Path.of(file);
    return Stream.of(
        dynamicTest(
            "the best fifty logits are the reference's, beyond the window too",
            () -> with(path, model -> GOLDENS.assertTopLogits(model, TOLERANCE))),
        dynamicTest(
            "prompts go on for a hundred tokens as the reference does",
            () -> with(path, GOLDENS::assertGreedyTokensInOneBatch)),
        dynamicTest("prompts are cut into the reference's tokens", () -> assertTokens(path)),
        dynamicTest(
            "perplexity is the reference's", () -> with(path, model -> assertLosses(path, model))));
  }

  private interface Check {
    void of(LanguageModel model) throws IOException;
  }

  private static void with(Path path, Check check) throws IOException {
    try (LanguageModel model = Models.open(path, ModelConfiguration.standard())) {
      check.of(model);
    }
  }

  private static void assertTokens(Path path) {
    try (GgufFile file = GgufFile.open(path)) {
      Tokenizer tokenizer = Tokenizer.read(file.metadata());
      for (JsonNode prompt : GOLDENS.prompts()) {
        assertThat(tokenizer.withBeginning(tokenizer.encode(prompt.get("prompt").asString())))
            .isEqualTo(RealModelGoldens.integers(prompt.get("tokens")));
        assertThat(tokenizer.decode(RealModelGoldens.integers(prompt.get("greedy"))))
            .isEqualTo(prompt.get("text").asString());
      }
    }
  }

  /// The first windows of the text whose whole perplexity `freehold perplexity` measures.
  private static void assertLosses(Path path, LanguageModel model) throws IOException {
    JsonNode golden = GOLDENS.json("-perplexity.json");
    int window = golden.get("context").asInt();
    int[] tokens;
    try (GgufFile file = GgufFile.open(path)) {
      Tokenizer tokenizer = Tokenizer.read(file.metadata());
      String text = Files.readString(Path.of("..").resolve(golden.get("file").asString()));
      tokens = tokenizer.withBeginning(tokenizer.encode(text));
    }
    assertThat(tokens).hasSize(golden.get("tokens").asInt());
    for (int index = 0; index < 2; index++) {
      int[] read = Arrays.copyOfRange(tokens, index * window, (index + 1) * window);
      read[0] = tokens[0];
      try (SequenceState sequence = model.newSequence()) {
        Logits logits = model.step(Batch.of(sequence, read, Outputs.ALL));
        double loss = 0;
        for (int i = window / 2; i < window - 1; i++) {
          float[] row = logits.row(0, i);
          loss += RealModelGoldens.logSumExp(row) - row[read[i + 1]];
        }
        double expected = golden.get("chunkNegativeLogLikelihoods").get(index).asDouble();
        assertThat(loss).isCloseTo(expected, offset(expected * 1e-4));
      }
    }
  }
}
