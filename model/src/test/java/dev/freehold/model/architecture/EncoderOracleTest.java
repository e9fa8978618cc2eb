package dev.freehold.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Unsupported;
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

/// Hidden states of small random encoders against transformers in float32
/// (`oracles/tiny_encoders.py`).
class EncoderOracleTest {

  static List<Golden> goldens() {
    return Golden.encoders();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void aTextBetweenOthersAndLongerThanAPassGivesTheReferencesHiddenStates(Golden golden) {
    int[] text = golden.prefill();
    try (LanguageModel model = Models.open(golden.model(), new ModelConfiguration(2, 0, 16))) {
      Batch batch =
          new Batch(
              List.of(
                  new Batch.Entry(model.newSequence(), Arrays.copyOf(text, 7), Outputs.HIDDEN),
                  new Batch.Entry(model.newSequence(), text, Outputs.HIDDEN),
                  new Batch.Entry(model.newSequence(), new int[] {text[4]}, Outputs.HIDDEN)));
      Logits hidden = model.step(batch);
      assertThat(hidden.count(0)).isEqualTo(7);
      for (int row = 0; row < text.length; row++) {
        golden.assertRow(row, hidden.row(1, row));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void nothingFollowsATextAndNoNextTokenIsGiven(Golden golden) {
    try (LanguageModel model = Models.open(golden.model(), new ModelConfiguration(1, 0, 512))) {
      assertThat(model.parameters().wholeTexts()).isTrue();
      SequenceState sequence = model.newSequence();
      int[] text = golden.prefill();
      assertThatThrownBy(() -> model.step(Batch.of(model.newSequence(), text, Outputs.LAST)))
          .isInstanceOf(Unsupported.class)
          .hasMessageContaining(model.parameters().architecture());
      model.step(Batch.of(sequence, text, Outputs.HIDDEN));
      assertThatThrownBy(() -> model.step(Batch.of(sequence, new int[] {3}, Outputs.HIDDEN)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
