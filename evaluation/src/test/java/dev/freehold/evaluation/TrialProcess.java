package dev.freehold.evaluation;

import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Grading;
import dev.freehold.evaluation.grader.Instruments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
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
    return new Trial(
        benchmark(),
        ProofSettings.standard(0.05),
        List.of(entrant("open", asked), entrant("closed", asked)),
        Optional.empty(),
        4);
  }

  private static Entrant entrant(String name, Path asked) {
    ScriptedModel model =
        new ScriptedModel(
            name,
            request -> {
              String question = ScriptedModel.last(request);
              try {
                Files.writeString(asked, name + " " + question + "\n", StandardOpenOption.APPEND);
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
    Trial trial = trial(folder.resolve("asked"));
    try (Journal journal = Journal.open(folder.resolve("journal"), trial.terms())) {
      trial.run(journal, new Grading(Instruments.none()), Labels.NONE, "test", _ -> {});
    }
  }
}
