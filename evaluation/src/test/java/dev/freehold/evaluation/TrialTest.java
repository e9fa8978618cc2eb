package dev.freehold.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.evaluation.grader.Grading;
import dev.freehold.evaluation.grader.Instruments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialTest {

  private static final Grading GRADING = new Grading(Instruments.none());

  @TempDir Path folder;

  private static Entrant entrant(String name, Function<Integer, String> answers) {
    ScriptedModel model =
        new ScriptedModel(
            name,
            request ->
                answers.apply(Integer.parseInt(ScriptedModel.last(request).replaceAll("\\D", ""))));
    return new Entrant(
        Contestant.of(name, model, name.startsWith("rented"), new Price(1, 2, 0)), model);
  }

  private static Benchmark numbers(Grader grader, int cases) {
    return new Benchmark(
        "numbers",
        1,
        grader,
        IntStream.range(0, cases)
            .mapToObj(i ->
                Case.of("c" + i, "What is " + i + "?", "" + i)
                    .withSlices(Map.of("half", i % 2 == 0 ? "even" : "odd")))
            .toList());
  }

  private Proof run(
      Benchmark benchmark,
      ProofSettings settings,
      Optional<Judge> judge,
      Labels labels,
      Entrant... entrants) {
    Trial trial = new Trial(benchmark, settings, List.of(entrants), judge, 3);
    try (Journal journal =
        Journal.open(folder.resolve("journal-" + System.nanoTime()), trial.terms())) {
      return trial.run(journal, GRADING, labels, "test", _ -> {});
    }
  }

  @Test
  void aWholeRunEndsInAVerdictWithCostsAndControl() {
    List<TrialProgress> told = java.util.Collections.synchronizedList(new ArrayList<>());
    Entrant rented = entrant("rented", i -> i % 10 == 0 ? "wrong" : "" + i);
    Entrant open = entrant("open", i -> i % 10 == 5 ? "wrong" : "" + i);
    Trial trial =
        new Trial(
            numbers(new Grader.Exact(), 400),
            ProofSettings.standard(0.06),
            List.of(rented, open),
            Optional.empty(),
            3);
    Proof proof;
    try (Journal journal = Journal.open(folder.resolve("j"), trial.terms())) {
      proof = trial.run(journal, GRADING, Labels.NONE, "test", told::add);
    }
    Verdict verdict = proof.verdicts().getFirst();
    assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.AS_GOOD);
    assertThat(verdict.better()).isFalse();
    assertThat(verdict.sentence())
        .startsWith("open is as good as rented: 90.0 against 90.0 of 100 points on 400 cases");
    assertThat(verdict.control().orElseThrow().difference()).isZero();
    assertThat(verdict.slices()).hasSize(2);
    // Every failure of the candidate is odd, and every one of the incumbent even.
    assertThat(verdict.slices().get(1).comparison().difference()).isEqualTo(-0.2);
    assertThat(verdict.slices().get(1).finding()).isEqualTo(SliceFinding.Finding.WORSE);
    assertThat(verdict.notes()).contains("Worse than the margin on half = odd.");
    Effort effort = proof.efforts().getFirst();
    assertThat(effort.answers()).isEqualTo(400);
    assertThat(effort.successes()).isEqualTo(360);
    assertThat(effort.cost())
        .isCloseTo(400 * 12 / 1e6, org.assertj.core.api.Assertions.within(1e-9));
    assertThat(effort.costPerSuccess().orElseThrow())
        .isCloseTo(effort.cost() / 360, org.assertj.core.api.Assertions.within(1e-12));
    assertThat(effort.sentRequests()).isEqualTo(800);
    assertThat(proof.efforts().get(1).sentBytes()).isZero();
    assertThat(told.getLast().done()).isEqualTo(1200);
    assertThat(told.getLast().total()).isEqualTo(1200);
  }

  @Test
  void aWorseCandidateIsSaidToBeWorseAndAFewCasesAreNotEnough() {
    Entrant rented = entrant("rented", i -> "" + i);
    Entrant open = entrant("open", i -> i % 4 == 0 ? "wrong" : "" + i);
    Verdict verdict =
        run(
                numbers(new Grader.Exact(), 200),
                ProofSettings.standard(0.05),
                Optional.empty(),
                Labels.NONE,
                rented,
                open)
            .verdicts()
            .getFirst();
    assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.WORSE);
    assertThat(verdict.sentence()).contains("stay with rented");

    Verdict few =
        run(
                numbers(new Grader.Exact(), 20),
                ProofSettings.standard(0.05),
                Optional.empty(),
                Labels.NONE,
                rented,
                open)
            .verdicts()
            .getFirst();
    assertThat(few.outcome()).isEqualTo(Verdict.Outcome.NOT_ENOUGH_EVIDENCE);
    assertThat(few.notes().getFirst()).contains("fewer than the 30");
    assertThat(few.moreCases().orElseThrow()).isBetween(10, 200);

    Entrant slightly = entrant("open", i -> i % 20 == 0 ? "wrong" : "" + i);
    Verdict near =
        run(
                numbers(new Grader.Exact(), 100),
                ProofSettings.standard(0.05),
                Optional.empty(),
                Labels.NONE,
                rented,
                slightly)
            .verdicts()
            .getFirst();
    assertThat(near.outcome()).isEqualTo(Verdict.Outcome.NOT_ENOUGH_EVIDENCE);
    assertThat(near.moreCases()).isEmpty();
  }

  @Test
  void anIncumbentThatDiffersFromItselfLeavesTheVerdictOpen() {
    int[] calls = {0};
    Entrant drifting =
        new Entrant(
            new Contestant("rented", "m", "", "x", true, Price.FREE),
            new ScriptedModel(
                "m",
                request -> {
                  // Asked a second time, it has become a worse model.
                  boolean again = calls[0]++ % 3 == 2;
                  return again ? "wrong" : ScriptedModel.last(request).replaceAll("\\D", "");
                }));
    Entrant open = entrant("open", i -> "" + i);
    Trial trial =
        new Trial(
            numbers(new Grader.Exact(), 100),
            ProofSettings.standard(0.05),
            List.of(
                drifting,
                new Entrant(
                    open.contestant(),
                    new ScriptedModel(
                        "o",
                        request -> {
                          calls[0]++;
                          return ScriptedModel.last(request).replaceAll("\\D", "");
                        }))),
            Optional.empty(),
            1);
    try (Journal journal = Journal.open(folder.resolve("drift"), trial.terms())) {
      Verdict verdict =
          trial.run(journal, GRADING, Labels.NONE, "test", _ -> {}).verdicts().getFirst();
      assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.NOT_ENOUGH_EVIDENCE);
      assertThat(verdict.notes().getFirst()).contains("differs from itself");
    }
  }

  @Test
  void anIncumbentThatKnowsNothingMakesNobodyAsGood() {
    Entrant rented = entrant("rented", i -> i % 100 == 0 ? "" + i : "wrong");
    Entrant useless = entrant("open", _ -> "wrong");
    Verdict verdict =
        run(
                numbers(new Grader.Exact(), 400),
                ProofSettings.standard(0.03),
                Optional.empty(),
                Labels.NONE,
                rented,
                useless)
            .verdicts()
            .getFirst();
    assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.NOT_ENOUGH_EVIDENCE);
    assertThat(verdict.notes().getFirst()).contains("scores no more than the margin");
    Entrant good = entrant("open", i -> "" + i);
    assertThat(
            run(
                    numbers(new Grader.Exact(), 400),
                    ProofSettings.standard(0.03),
                    Optional.empty(),
                    Labels.NONE,
                    rented,
                    good)
                .verdicts()
                .getFirst()
                .better())
        .isTrue();
  }

  @Test
  void failuresCountAsWrongAndAreNotDropped() {
    Entrant rented = entrant("rented", i -> "" + i);
    Entrant flaky =
        entrant(
            "open",
            i -> {
              if (i % 2 == 0) {
                throw new Unavailable("The server is gone.");
              }
              return "" + i;
            });
    Proof proof =
        run(
            numbers(new Grader.Exact(), 60),
            ProofSettings.standard(0.05),
            Optional.empty(),
            Labels.NONE,
            rented,
            flaky);
    assertThat(proof.efforts().get(1).failures()).isEqualTo(30);
    assertThat(proof.verdicts().getFirst().candidateScore()).isEqualTo(0.5);
    Entrant dead =
        entrant(
            "open",
            _ -> {
              throw new Unavailable("No such key.");
            });
    Entrant alsoDead =
        entrant(
            "rented",
            _ -> {
              throw new Unavailable("No such key.");
            });
    assertThatThrownBy(() ->
            run(
                numbers(new Grader.Exact(), 60),
                ProofSettings.standard(0.05),
                Optional.empty(),
                Labels.NONE,
                alsoDead,
                dead))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("in a row failed");
  }

  @Test
  void sampledRunsAreAveragedACase() {
    Entrant rented = entrant("rented", i -> "" + i);
    int[] calls = {0};
    Entrant moody = entrant("open", i -> calls[0]++ % 2 == 0 ? "wrong" : "" + i);
    ProofSettings settings = ProofSettings.standard(0.05).sampled(4, 0.7).withControl(false);
    Proof proof =
        run(
            numbers(new Grader.Exact(), 50),
            settings,
            Optional.empty(),
            Labels.NONE,
            rented,
            moody);
    assertThat(proof.attempts()).hasSize(50 * 2 * 4);
    assertThat(proof.verdicts().getFirst().comparison().method()).isEqualTo(Comparison.BOOTSTRAP);
    assertThat(proof.verdicts().getFirst().candidateScore()).isBetween(0.45, 0.55);
  }

  private static Judge judge(String name, Function<String, String> says, Entrant... entrants) {
    return Judge.of(
        new ScriptedModel(name, request -> says.apply(ScriptedModel.last(request))),
        java.util.Arrays.stream(entrants).map(Entrant::contestant).toList(),
        false);
  }

  private static int lengthOf(String shown, char letter) {
    String after = shown.substring(shown.indexOf("Answer " + letter + ":\n") + 10);
    return after.substring(0, after.indexOf("\n\n")).length();
  }

  @Test
  void aJudgeThatPrefersTheFirstTheLongerOrItsKinIsCaught() {
    Entrant rented = entrant("rented", i -> "x".repeat(1 + i % 7));
    Entrant open = entrant("open", i -> "y".repeat(1 + i % 5));
    Benchmark benchmark = numbers(new Grader.Judge("Prefer the right one."), 80);
    Proof first =
        run(
            benchmark,
            ProofSettings.standard(0.05),
            Optional.of(judge("claude-x", _ -> "A", rented, open)),
            Labels.NONE,
            rented,
            open);
    assertThat(first.judge().orElseThrow().warnings())
        .anyMatch(one -> one.startsWith("It prefers what comes first: in 80 of 80"));
    assertThat(first.verdicts().getFirst().comparison().difference()).isZero();

    Judge byLength =
        judge(
            "claude-x",
            shown ->
                lengthOf(shown, 'A') > lengthOf(shown, 'B')
                    ? "A"
                    : lengthOf(shown, 'A') < lengthOf(shown, 'B') ? "Answer B." : "T",
            rented,
            open);
    Proof longer =
        run(
            benchmark,
            ProofSettings.standard(0.05),
            Optional.of(byLength),
            Labels.NONE,
            rented,
            open);
    assertThat(longer.judge().orElseThrow().warnings())
        .anyMatch(one -> one.startsWith("It prefers the longer answer"));
    assertThat(longer.judge().orElseThrow().warnings())
        .anyMatch(one -> one.contains("agreement (κ) is unknown"));

    Entrant gemma =
        new Entrant(
            new Contestant("open", "gemma3:270m", "", "google", false, Price.FREE), open.model());
    ScriptedModel kin = new ScriptedModel("gemini-pro", _ -> "A");
    List<Contestant> both = List.of(rented.contestant(), gemma.contestant());
    assertThatThrownBy(() -> Judge.of(kin, both, false))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("family google");
    Proof forced =
        run(
            benchmark,
            ProofSettings.standard(0.05),
            Optional.of(Judge.of(kin, both, true)),
            Labels.NONE,
            rented,
            gemma);
    assertThat(forced.judge().orElseThrow().warnings())
        .anyMatch(one -> one.contains("same family as open"));
  }

  @Test
  void aJudgeIsCalibratedAgainstPeople() {
    Entrant rented = entrant("rented", i -> i % 3 == 0 ? "poor" : "good");
    Entrant open = entrant("open", i -> i % 5 == 0 ? "poor" : "good");
    Benchmark benchmark = numbers(new Grader.Judge("Prefer the good one."), 90);
    Judge fair =
        judge(
            "claude-x",
            shown -> {
              boolean a = shown.contains("Answer A:\ngood");
              boolean b = shown.contains("Answer B:\ngood");
              return a == b ? "T" : a ? "A" : "B";
            },
            rented,
            open);
    Map<String, Map<String, Double>> said = new HashMap<>();
    said.put(
        "rented",
        IntStream.range(0, 90)
            .boxed()
            .collect(Collectors.toMap(i -> "c" + i, i -> i % 3 == 0 ? 0.0 : 1.0)));
    said.put(
        "open",
        IntStream.range(0, 90)
            .boxed()
            .collect(Collectors.toMap(i -> "c" + i, i -> i % 5 == 0 ? 0.0 : 1.0)));
    Proof proof =
        run(
            benchmark,
            ProofSettings.standard(0.05),
            Optional.of(fair),
            new Labels(said),
            rented,
            open);
    JudgeSummary summary = proof.judge().orElseThrow();
    assertThat(summary.calibration().orElseThrow().kappa()).isEqualTo(1);
    assertThat(summary.consistent()).isEqualTo(90);
    assertThat(summary.warnings()).isEmpty();
    assertThat(proof.verdicts().getFirst().candidateScore()).isGreaterThan(0.5);
  }

  @Test
  void whatPeopleScoredIsTakenFromTheirFile() throws Exception {
    Entrant rented = entrant("rented", i -> "" + i);
    Entrant open = entrant("open", i -> "" + i);
    Path file = folder.resolve("labels.jsonl");
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      rows.append("{\"case\":\"c%d\",\"contestant\":\"rented\",\"score\":0.5}\n".formatted(i));
      rows.append("{\"case\":\"c%d\",\"contestant\":\"open\",\"score\":0.75}\n".formatted(i));
    }
    Files.writeString(file, rows);
    Proof proof =
        run(
            numbers(new Grader.People(), 40),
            ProofSettings.standard(0.05),
            Optional.empty(),
            Labels.read(file),
            rented,
            open);
    assertThat(proof.verdicts().getFirst().candidateScore()).isEqualTo(0.75);
    assertThatThrownBy(() ->
            run(
                numbers(new Grader.People(), 41),
                ProofSettings.standard(0.05),
                Optional.empty(),
                Labels.read(file),
                rented,
                open))
        .hasMessageContaining("Nobody has scored rented's answer to case c40");
  }

  @Test
  void aRunKilledInTheMiddleGoesOnAndAsksNothingTwice() throws Exception {
    Path asked = Files.createFile(folder.resolve("asked"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TrialProcess.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      while (Files.readAllLines(asked).size() < TrialProcess.CASES) {
        assertThat(process.isAlive()).isTrue();
        Thread.sleep(5);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    Path journalFile = folder.resolve("journal");
    long answered = Files.readAllLines(journalFile).size() - 1L;
    assertThat(answered).isBetween(50L, 3L * TrialProcess.CASES - 1);
    // A line that was being written is dropped.
    Files.writeString(journalFile, "{\"contestant\":\"open\",\"ca", StandardOpenOption.APPEND);

    Trial trial = TrialProcess.trial(asked);
    int before = Files.readAllLines(asked).size();
    Proof proof;
    try (Journal journal = Journal.open(journalFile, trial.terms())) {
      long known = journal.all().size();
      assertThatThrownBy(() -> Journal.open(journalFile, trial.terms()))
          .isInstanceOf(Conflict.class);
      proof = trial.run(journal, GRADING, Labels.NONE, "test", _ -> {});
      int after = Files.readAllLines(asked).size();
      assertThat(after - before).isEqualTo(3L * TrialProcess.CASES - known);
    }
    assertThat(proof.attempts()).hasSize(3 * TrialProcess.CASES);
    assertThat(proof.verdicts().getFirst().outcome()).isEqualTo(Verdict.Outcome.AS_GOOD);
    Trial other =
        new Trial(
            numbers(new Grader.Exact(), 50),
            ProofSettings.standard(0.02),
            List.of(entrant("open", i -> "" + i), entrant("closed", i -> "" + i)),
            Optional.empty(),
            1);
    assertThatThrownBy(() -> Journal.open(journalFile, other.terms()))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("other terms");
  }
}
