package dev.freehold.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.training.TrainingSettings.Course;
import dev.freehold.training.TrainingSettings.Machine;
import dev.freehold.training.TrainingSettings.Optimisation;
import dev.freehold.training.TrainingSettings.Schedule;
import dev.freehold.training.TrainingSettings.Shape;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TrainingSettingsTest {

  private static void refused(String field, ThrowingCallable made) {
    assertThatThrownBy(made)
        .isInstanceOfSatisfying(
            InvalidRequest.class, refusal -> assertThat(refusal.field()).isEqualTo(field))
        .hasMessageStartingWith(field + " must be");
  }

  @Test
  void whatCannotBeIsRefusedByName() {
    refused("rank", () -> new Shape(0, 1, Target.all()));
    refused("alpha", () -> new Shape(1, Double.NaN, Target.all()));
    refused("targets", () -> new Shape(1, 1, Set.of()));
    refused("learning_rate", () -> new Optimisation(0, Schedule.LINEAR, 0, 0, 0));
    refused("warmup", () -> new Optimisation(1, Schedule.LINEAR, 1.1, 0, 0));
    refused("weight_decay", () -> new Optimisation(1, Schedule.LINEAR, 0, -1, 0));
    refused("clip", () -> new Optimisation(1, Schedule.LINEAR, 0, 0, Double.NaN));
    refused("epochs", () -> new Course(0, 1, 2, 0, 0, 0, Duration.ZERO));
    refused("examples_per_step", () -> new Course(1, 0, 2, 0, 0, 0, Duration.ZERO));
    refused("sequence_length", () -> new Course(1, 1, 1, 0, 0, 0, Duration.ZERO));
    refused("checkpoint_every", () -> new Course(1, 1, 2, 0, 0, 0, Duration.ofMinutes(2)));
    refused("threads", () -> new Machine(0, 1, 0, Precision.EXACT));
    refused("activations", () -> new Machine(1, 1, -1, Precision.EXACT));
  }

  @Test
  void targetsAreReadByEitherName() {
    assertThat(Target.read(List.of("q_proj", "attn_v")))
        .containsExactlyInAnyOrder(Target.QUERY, Target.VALUE);
    assertThat(Target.read(List.of("all"))).isEqualTo(Target.all());
    assertThat(Target.read(List.of("attention"))).hasSize(4);
    assertThatThrownBy(() -> Target.read(List.of("lm_head")))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("lm_head");
  }

  @Test
  void theRateRisesAndFallsAsItsScheduleSays() {
    Optimisation cosine = new Optimisation(1, Schedule.COSINE, 0.1, 0, 0);
    assertThat(AdamW.learningRate(cosine, 5, 100)).isCloseTo(0.5, offset(1e-12));
    assertThat(AdamW.learningRate(cosine, 10, 100)).isEqualTo(1);
    assertThat(AdamW.learningRate(cosine, 56, 100)).isCloseTo(0.5, offset(1e-12));
    assertThat(AdamW.learningRate(cosine, 100, 100)).isBetween(0.0, 0.001);
    Optimisation linear = new Optimisation(1, Schedule.LINEAR, 0, 0, 0);
    assertThat(AdamW.learningRate(linear, 1, 4)).isEqualTo(1);
    assertThat(AdamW.learningRate(linear, 4, 4)).isCloseTo(0.25, offset(1e-12));
    Optimisation constant = new Optimisation(1, Schedule.CONSTANT, 1, 0, 0);
    assertThat(AdamW.learningRate(constant, 4, 4)).isEqualTo(1);
  }

  @Test
  void anExampleNeedsATokenToPredict() {
    assertThatThrownBy(() -> new Example(new int[] {1, 2}, new boolean[] {true, false}))
        .isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> new Example(new int[] {1, 2}, new boolean[] {true}))
        .isInstanceOf(InvalidRequest.class);
  }
}
