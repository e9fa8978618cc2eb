package dev.freehold.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.model.Batch;
import dev.freehold.model.Batch.Outputs;
import dev.freehold.model.LanguageModel;
import dev.freehold.model.Logits;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.Models;
import dev.freehold.model.SequenceState;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Logits of small random models against transformers in float32 (`oracles/tiny_llama.py`,
/// `oracles/tiny_architectures.py`).
class ArchitectureOracleTest {

  static List<Golden> goldens() {
    return Golden.all();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void theWholePromptInOneBatchGivesTheReferencesLogits(Golden golden) {
    try (LanguageModel model = Models.open(golden.model(), configuration(2, 512))) {
      SequenceState sequence = model.newSequence();
      Logits logits = model.step(Batch.of(sequence, golden.prefill(), Outputs.ALL));
      for (int row = 0; row < golden.prefill().length; row++) {
        golden.assertRow(row, logits.row(0, row));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void oneTokenAtATimeGivesTheReferencesLogits(Golden golden) {
    try (LanguageModel model = Models.open(golden.model(), configuration(1, 512))) {
      SequenceState sequence = model.newSequence();
      int row = 0;
      for (int token : golden.allTokens()) {
        Logits logits = model.step(Batch.of(sequence, new int[] {token}, Outputs.LAST));
        golden.assertRow(row++, logits.last(0));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void chunksMixedWithAnotherSequenceGiveTheReferencesLogits(Golden golden) {
    int[] tokens = golden.allTokens();
    try (LanguageModel model = Models.open(golden.model(), configuration(2, 5))) {
      SequenceState sequence = model.newSequence();
      SequenceState other = model.newSequence();
      int[] sizes = {1, 7, 3, 13, 2, 17, 3};
      int at = 0;
      for (int chunks = 0; at < tokens.length; chunks++) {
        int size = Math.min(sizes[chunks % sizes.length], tokens.length - at);
        int[] chunk = Arrays.copyOfRange(tokens, at, at + size);
        int[] noise = {tokens[(at * 7) % tokens.length], tokens[(at * 5 + 1) % tokens.length]};
        Batch batch =
            new Batch(
                List.of(
                    new Batch.Entry(other, noise, Outputs.LAST),
                    new Batch.Entry(sequence, chunk, Outputs.ALL)));
        Logits logits = model.step(batch);
        for (int i = 0; i < size; i++) {
          golden.assertRow(at + i, logits.row(1, i));
        }
        at += size;
      }
      assertThat(sequence.length()).isEqualTo(tokens.length);
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void aForkAndATruncatedSequenceGoOnAsTheOriginal(Golden golden) {
    int[] tokens = golden.allTokens();
    try (LanguageModel model = Models.open(golden.model(), configuration(1, 512))) {
      SequenceState original = model.newSequence();
      model.step(Batch.of(original, Arrays.copyOf(tokens, 30), Outputs.NONE));
      // A recurrent layer can be cut to nothing only.
      int forked = original.reachable(20);
      try (SequenceState fork = original.fork(forked);
          SequenceState whole = original.fork(30)) {
        int[] elsewhere = new int[15];
        Arrays.fill(elsewhere, tokens[3]);
        model.step(Batch.of(fork, elsewhere, Outputs.NONE));
        model.step(Batch.of(whole, elsewhere, Outputs.NONE));
        assertThat(fork.length()).isEqualTo(forked + 15);
      }
      golden.assertRow(
          30, model.step(Batch.of(original, new int[] {tokens[30]}, Outputs.LAST)).last(0));
      int kept = original.reachable(25);
      original.truncate(kept);
      int[] rest = Arrays.copyOfRange(tokens, kept, tokens.length);
      Logits logits = model.step(Batch.of(original, rest, Outputs.ALL));
      for (int i = 0; i < rest.length; i++) {
        golden.assertRow(kept + i, logits.row(0, i));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void aSequenceThatLetGoOfWhatNoTokenSeesGoesOnAndCanBeCutWhereItSays(Golden golden) {
    int[] tokens = golden.allTokens();
    int cut = tokens.length - 4;
    try (LanguageModel model = Models.open(golden.model(), configuration(1, 16))) {
      SequenceState sequence = model.newSequence();
      model.step(Batch.of(sequence, Arrays.copyOf(tokens, cut), Outputs.NONE));
      sequence.shrink();
      assertThat(sequence.bytes()).isEqualTo(sequence.bytes(cut));
      Logits logits =
          model.step(
              Batch.of(sequence, Arrays.copyOfRange(tokens, cut, tokens.length), Outputs.ALL));
      for (int i = 0; i < 4; i++) {
        golden.assertRow(cut + i, logits.row(0, i));
      }
      for (int length = 0; length <= tokens.length; length++) {
        int reachable = sequence.reachable(length);
        assertThat(reachable).isBetween(0, length);
        if (reachable < length) {
          int unreachable = length;
          assertThatThrownBy(() -> sequence.fork(unreachable))
              .isInstanceOf(IllegalArgumentException.class);
        } else if (length % 23 == 0 || length == tokens.length - 1) {
          try (SequenceState fork = sequence.fork(length)) {
            int[] rest = Arrays.copyOfRange(tokens, length, tokens.length);
            if (rest.length > 0) {
              Logits again = model.step(Batch.of(fork, rest, Outputs.LAST));
              golden.assertRow(tokens.length - 1, again.last(0));
            }
          }
        }
      }
    }
  }

  private static ModelConfiguration configuration(int threads, int rowsPerPass) {
    return new ModelConfiguration(threads, 0, rowsPerPass);
  }
}
