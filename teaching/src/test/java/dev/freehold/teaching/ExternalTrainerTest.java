package dev.freehold.teaching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract with a program that trains, with programs of a few lines.
class ExternalTrainerTest {

  @TempDir private Path folder;

  private static Material lessons() {
    return new Material.Lessons(
        List.of(
            Lesson.Talk.of(Kind.CONVERSATION, "Hose?", "16 bar", List.of(new Origin.File("f")))),
        List.of());
  }

  private Trainer trainer(String script) {
    return new ExternalTrainer(List.of("/bin/sh", "-c", script, "sh"), name -> "/weights/" + name);
  }

  private Trainer.Training open(String script) {
    return trainer(script).open("base", lessons(), TrainerSettings.STANDARD, folder);
  }

  @Test
  void stepsAreToldAsTheyComeAmongTheLogAndWhatItLeavesIsTheAdapter() {
    String script =
        """
        cd "$1"
        printf 'loading 10 %%\\r'
        printf 'loading 100 %%\\n' >&2
        echo '{"step": 1, "of": 2, "loss": 1.53130042552948, "tokensPerSecond": 4.1, "secondsLeft": 15}'
        echo '{"no": "step"}'
        echo '{"step": 2, "of": 2, "loss": 0.5, "heldOutLoss": 0.75, "memory": 9, "checkpointed": true}'
        mkdir adapter
        cp request.json adapter/adapter_config.json
        """;
    List<StepReport> steps = new ArrayList<>();
    try (Trainer.Training training = open(script)) {
      Trainer.Outcome outcome = training.run(steps::add);
      assertThat(outcome.complete()).isTrue();
      assertThat(outcome.step()).isEqualTo(2);
      assertThat(outcome.heldOutLoss()).hasValue(0.75);
      assertThat(outcome.adapter().resolve("adapter_config.json"))
          .content()
          .contains("\"base\":\"/weights/base\"", "\"contract\":1");
    }
    assertThat(steps).extracting(StepReport::step).containsExactly(1, 2);
    assertThat(steps.getFirst().loss()).isEqualTo(1.53130042552948);
    assertThat(steps.getLast().checkpointed()).isTrue();
  }

  @Test
  void aTrainerThatFailsIsToldWithWhatItSaidLast() {
    try (Trainer.Training training = open("echo 'no such card' >&2; exit 3")) {
      assertThatThrownBy(() -> training.run(_ -> {}))
          .isInstanceOf(Unavailable.class)
          .hasMessageContaining("ended with 3")
          .hasMessageContaining("no such card");
    }
    try (Trainer.Training training = open("exit 0")) {
      assertThatThrownBy(() -> training.run(_ -> {})).hasMessageContaining("left no adapter");
    }
  }

  @Test
  void aTrainerThatAKillLeftBehindIsEndedBeforeAnotherBegins() throws Exception {
    // Whoever started it is gone without a word; it waits for a line that never comes.
    Process left = new ProcessBuilder("/bin/sh", "-c", "read line").start();
    try {
      Files.writeString(
          folder.resolve("process.txt"),
          left.pid()
              + " "
              + left.toHandle().info().startInstant().map(Object::toString).orElse(""));
      try (Trainer.Training training =
          open("mkdir \"$1/adapter\"; touch \"$1/adapter/adapter_config.json\"")) {
        assertThat(training.run(_ -> {}).complete()).isTrue();
      }
      assertThat(left.waitFor()).isNotZero();
    } finally {
      left.destroyForcibly();
    }
  }

  @Test
  void nothingOfTheEnvironmentIsSeenThatIsNotNeeded() throws IOException {
    try (Trainer.Training training =
        open("env > \"$1/seen\"; mkdir \"$1/adapter\"; touch \"$1/adapter/adapter_config.json\"")) {
      training.run(_ -> {});
    }
    assertThat(Files.readAllLines(folder.resolve("seen")))
        .allMatch(line ->
            line.matches(
                "(PATH|HOME|LANG|TMPDIR|CUDA_VISIBLE_DEVICES|OMP_NUM_THREADS|PWD|OLDPWD|SHLVL|_)=.*"));
  }

  @Test
  void preferencesAreRefusedByName() {
    assertThatThrownBy(() ->
            trainer("exit 0")
                .estimate(
                    "base", new Material.Pairs(List.of(), List.of()), TrainerSettings.STANDARD))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("preferences");
  }
}
