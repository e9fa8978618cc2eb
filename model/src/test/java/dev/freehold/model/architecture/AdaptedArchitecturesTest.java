package dev.freehold.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.model.Batch;
import dev.freehold.model.Batch.Entry;
import dev.freehold.model.Batch.Outputs;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.SequenceState;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.Adapters;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.writing.Merge;
import dev.freehold.model.writing.Mixture;
import dev.freehold.model.writing.ModelWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random adapters of every matrix, on every architecture: on top of the model they do what they do
/// in its weights, which [ModelWriter] puts them into without knowing of layers.
class AdaptedArchitecturesTest {

  private static final ModelConfiguration CONFIGURATION = new ModelConfiguration(1, 0, 512);
  private static final int LENGTH = 26;
  private static final float SCALE = 0.7f;

  @TempDir private Path folder;

  static Stream<Golden> goldens() {
    // Tensor types and rotary scalings of one architecture have the same matrices.
    return Stream.concat(Golden.all().stream(), Golden.encoders().stream())
        .filter(golden -> !golden.name().matches("tiny-(q\\d.*_[01k]|b?f16|f32-.*)"));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void anAdapterOnTopDoesWhatItDoesInTheWeights(Golden golden) {
    int[] tokens = java.util.Arrays.copyOf(golden.allTokens(), LENGTH);
    Path merged = folder.resolve("merged.gguf");
    try (ModelFile base = Models.file(golden.model())) {
      Adapter adapter = Adapters.random(base, 11, 0.15f);
      ModelWriter.write(base, merged, Mixture.F32, null, new Merge(adapter, SCALE), 1);
      try (LanguageModel plain = Models.open(base, CONFIGURATION);
          LanguageModel changed = Models.open(merged, CONFIGURATION)) {
        var use = List.of(new FittedAdapter.Use(plain.fit(adapter), SCALE));
        float[][] expected = rows(changed, tokens, List.of());
        float[][] actual = rows(plain, tokens, use);
        float[][] without = rows(plain, tokens, List.of());
        double changedBy = 0;
        for (int row = 0; row < expected.length; row++) {
          double spread = spread(expected[row]);
          assertThat(difference(actual[row], expected[row]) / spread)
              .as("row %d", row)
              .isLessThan(2e-4);
          changedBy = Math.max(changedBy, difference(without[row], expected[row]) / spread);
        }
        assertThat(changedBy).isGreaterThan(0.01);
        besideOthers(plain, tokens, use, actual, without);
      }
    }
  }

  /// Rows of one step with and without an adapter are as each is alone.
  private static void besideOthers(
      LanguageModel model,
      int[] tokens,
      List<FittedAdapter.Use> use,
      float[][] with,
      float[][] without) {
    Outputs outputs = model.parameters().wholeTexts() ? Outputs.HIDDEN : Outputs.ALL;
    Logits together =
        model.step(
            new Batch(
                List.of(
                    new Entry(model.newSequence(), tokens, outputs),
                    new Entry(model.newSequence(), tokens, outputs, use))));
    for (int row = 0; row < with.length; row++) {
      double spread = spread(with[row]);
      assertThat(difference(together.row(0, row), without[row]) / spread).isLessThan(2e-4);
      assertThat(difference(together.row(1, row), with[row]) / spread).isLessThan(2e-4);
    }
  }

  private static float[][] rows(
      LanguageModel model, int[] tokens, List<FittedAdapter.Use> adapters) {
    Outputs outputs = model.parameters().wholeTexts() ? Outputs.HIDDEN : Outputs.ALL;
    try (SequenceState state = model.newSequence()) {
      Logits logits = model.step(Batch.of(state, tokens, outputs, adapters));
      float[][] rows = new float[tokens.length][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = logits.row(0, i);
      }
      return rows;
    }
  }

  private static double spread(float[] row) {
    double low = row[0];
    double high = row[0];
    for (float number : row) {
      low = Math.min(low, number);
      high = Math.max(high, number);
    }
    return high - low;
  }

  private static double difference(float[] one, float[] other) {
    double worst = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = Math.abs((double) one[i] - other[i]);
      worst = difference <= worst ? worst : difference;
    }
    return worst;
  }
}
