package dev.freehold.evaluation;

import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Grading;
import dev.freehold.evaluation.grader.Instruments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/// A run in a process of its own, to be killed: every question is written to a file before it is
/// answered.
final class TrialProcess {

  static final int CASES = 120;

  private TrialProcess() {}

  static Benchmark benchmark() {
    return new Benchmark(
        "numbers",
        1,
        new Grader.Exact(),
        IntStream.range(0, CASES)
            .mapToObj(i -> Case.of("c" + i, "What is " + i + "?", "" + i))
            .toList());
  }

  static Trial trial(Path asked) {
    return trial(asked, Integer.MAX_VALUE);
  }

  private static Trial trial(Path asked, int most) {
    var answers = new Semaphore(most);
    return new Trial(
        benchmark(),
        ProofSettings.standard(0.05),
        List.of(entrant("open", asked, answers), entrant("closed", asked, answers)),
        Optional.empty(),
        4);
  }

  private static Entrant entrant(String name, Path asked, Semaphore answers) {
    ScriptedModel model =
        new ScriptedModel(
            name,
            request -> {
              String question = ScriptedModel.last(request);
              try {
                Files.writeString(asked, name + " " + question + "\n", StandardOpenOption.APPEND);
                answers.acquire();
                Thread.sleep(5);
              } catch (java.io.IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return question.replaceAll("\\D", "");
            });
    return new Entrant(Contestant.of(name, model, false, Price.FREE), model);
  }

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    // It stands still in the middle, so that it cannot end before it is killed.
    Trial trial = trial(folder.resolve("asked"), 2 * CASES);
    try (Journal journal = Journal.open(folder.resolve("journal"), trial.terms())) {
      trial.run(journal, new Grading(Instruments.none()), Labels.NONE, "test", _ -> {});
    }
  }
}
