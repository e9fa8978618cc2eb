package dev.freehold.proving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.evaluation.Case;
import dev.freehold.evaluation.EvidencePack;
import dev.freehold.evaluation.Proof;
import dev.freehold.evaluation.ProofSettings;
import dev.freehold.evaluation.Verdict;
import dev.freehold.evaluation.grader.Grader;
import dev.freehold.workload.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From captured exchanges to a verdict that a switch rests on, and out again when a person is
/// erased.
class ProofsTest {

  @TempDir Path home;
  private Firm firm;

  @BeforeEach
  void open() {
    firm = new Firm(home);
  }

  @AfterEach
  void close() {
    firm.close();
  }

  private DrawnBenchmark drawn(int cases) {
    firm.ask(0, cases, "p-ann", "p-bob");
    return firm.proofs
        .benchmarks()
        .draw(Firm.OLGA, "mails", 1000, new Grader.Contains(), Instant.EPOCH, 1);
  }

  private static Terms terms(String... candidates) {
    return Terms.of(List.of(candidates), ProofSettings.standard(0.1)).withModelGolds(true);
  }

  private Proof prove(Terms terms) {
    Proofs.Ready ready = firm.proofs.ready(Firm.OLGA, "mails", terms, Optional.empty());
    return firm.proofs.run(Firm.OLGA, ready, terms, _ -> {});
  }

  @Test
  void aVerdictOnCapturedExchangesIsRecordedAndASwitchRestsOnIt() {
    DrawnBenchmark drawn = drawn(60);
    assertThat(drawn.counts()).isEqualTo(new DrawnBenchmark.Counts(60, 0, 60, 0));
    Proofs.Outlook outlook =
        firm.proofs.outlook(Firm.OLGA, "mails", terms("open", "poor"), Optional.empty());
    assertThat(outlook.incumbent()).isEqualTo("rented/large");
    assertThat(outlook.questions()).isEqualTo(60 * 4);
    assertThat(outlook.modelGolds()).isEqualTo(60);
    assertThat(outlook.sentence()).contains("A margin of 10 points needs", "of 2 candidates");

    Proof proof = prove(terms("open", "poor"));
    assertThat(proof.verdicts())
        .extracting(Verdict::outcome)
        .containsExactly(Verdict.Outcome.AS_GOOD, Verdict.Outcome.NOT_ENOUGH_EVIDENCE);
    assertThat(proof.benchmark().cases().getFirst().slices()).containsKeys("question", "turn");
    ProofRun run = firm.proofs.of(Firm.OLGA, "mails").getFirst();
    assertThat(run.state()).isEqualTo(ProofRun.State.DONE);
    assertThat(run.done()).isEqualTo(240);
    RecordedVerdict verdict = run.verdicts().getFirst();
    assertThat(verdict.sentence()).startsWith("open is as good as rented/large:");
    assertThat(
            EvidencePack.verify(run.folder().resolve("evidence.zip"), Optional.empty()).regraded())
        .isTrue();
    assertThat(
            new String(
                firm.proofs.file(Firm.OLGA, run.id(), "report.html"), StandardCharsets.UTF_8))
        .contains("60 of 60 golds are answers of a model", "Holm");

    firm.workloads.switchTo(
        Firm.OLGA, "mails", Stage.FULL, Optional.of("open"), 0, "", verdict.id());
    assertThat(firm.workloads.history(Firm.OLGA, "mails").getFirst().verdict())
        .isEqualTo(verdict.id());
    assertThatThrownBy(() ->
            firm.workloads.switchTo(
                Firm.OLGA, "mails", Stage.FULL, Optional.of("poor"), 0, "", verdict.id()))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("is about open, not about poor");
    assertThatThrownBy(() ->
            firm.workloads.switchTo(
                Firm.OLGA, "mails", Stage.INCUMBENT, Optional.empty(), 0, "", "v-0"))
        .isInstanceOf(NotFound.class);
    // Who answers now is the one to beat.
    assertThat(firm.proofs.outlook(Firm.OLGA, "mails", terms("poor"), Optional.empty()).incumbent())
        .isEqualTo("open");
  }

  @Test
  void aRunThatWasStoppedGoesOnAndAsksNobodyAgain() {
    drawn(40);
    Terms terms = terms("open");
    Proofs.Ready ready = firm.proofs.ready(Firm.OLGA, "mails", terms, Optional.empty());
    int before = firm.models.asked.get();
    assertThatThrownBy(() ->
            firm.proofs.run(
                Firm.OLGA,
                ready,
                terms,
                progress -> {
                  if (progress.done() == 30) {
                    firm.proofs.stop(Firm.OLGA, ready.id());
                  }
                }))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("stopped");
    assertThat(firm.proofs.get(Firm.OLGA, ready.id()).state()).isEqualTo(ProofRun.State.STOPPED);
    int sofar = firm.models.asked.get() - before;
    assertThat(sofar).isBetween(30, 119);
    Proofs.Ready again = firm.proofs.ready(Firm.OLGA, "mails", terms, Optional.empty());
    assertThat(again.id()).isEqualTo(ready.id());
    firm.proofs.run(Firm.OLGA, again, terms, _ -> {});
    assertThat(firm.models.asked.get() - before)
        .as("only what was under way at the stop is asked twice")
        .isBetween(120, 124);
  }

  @Test
  void aCommandsProofIsSeenToRunUntilItsReportIsWrittenAndItIsDone() throws InterruptedException {
    drawn(20);
    Terms terms = terms("open");
    Proofs.Ready ready = firm.proofs.ready(Firm.OLGA, "mails", terms, Optional.empty());
    Set<ProofRun.State> seen = ConcurrentHashMap.newKeySet();
    Thread watcher =
        Thread.ofVirtual()
            .unstarted(() -> {
              while (!seen.contains(ProofRun.State.DONE)) {
                seen.add(firm.proofs.get(Firm.OLGA, ready.id()).state());
              }
            });
    firm.proofs.run(
        Firm.OLGA,
        ready,
        terms,
        progress -> {
          if (progress.done() == 1) {
            watcher.start();
          }
        });
    watcher.join();
    assertThat(seen).containsExactlyInAnyOrder(ProofRun.State.RUNNING, ProofRun.State.DONE);
  }

  @Test
  void theServersProofsGoOnWithTheNextProcess() throws Exception {
    drawn(40);
    CountDownLatch reached = new CountDownLatch(20);
    CountDownLatch never = new CountDownLatch(1);
    firm.models.with(
        "open",
        question -> {
          reached.countDown();
          if (reached.getCount() == 0) {
            try {
              never.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          return Firm.number(question);
        });
    String id;
    try (ProofRunner runner = new ProofRunner(firm.proofs)) {
      id = runner.start(Firm.OLGA, "mails", terms("open")).id();
      assertThat(reached.await(60, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> runner.start(Firm.OLGA, "mails", terms("open")))
          .isInstanceOf(Conflict.class);
    }
    assertThat(firm.proofs.get(Firm.OLGA, id).state()).isEqualTo(ProofRun.State.RUNNING);
    firm.close();
    firm = new Firm(home);
    firm.models.with("open", Firm::number);
    try (ProofRunner runner = new ProofRunner(firm.proofs)) {
      runner.resume(who -> Optional.of(Firm.OLGA).filter(one -> one.id().equals(who)));
      while (firm.proofs.get(Firm.OLGA, id).state() == ProofRun.State.RUNNING) {
        Thread.sleep(20);
      }
    }
    assertThat(firm.proofs.get(Firm.OLGA, id).state()).isEqualTo(ProofRun.State.DONE);
    assertThat(firm.models.asked.get()).as("nothing twice").isLessThan(120);
  }

  @Test
  void whoIsErasedIsErasedFromEverythingThatWasDrawn() throws IOException {
    DrawnBenchmark drawn = drawn(60);
    prove(terms("open"));
    ProofRun run = firm.proofs.of(Firm.OLGA, "mails").getFirst();
    String anns = Firm.question(14);
    assertThat(words(home)).as("it was kept").contains("number 14 ");
    assertThat(firm.seals.caseIn(anns)).isPresent();
    assertThat(firm.workloads.erase(Firm.OLGA, "p-ann")).isEqualTo(30);
    assertThat(firm.proofs.benchmarks().current(Firm.OLGA, "mails").orElseThrow().counts().all())
        .isEqualTo(30);
    assertThat(Files.exists(run.folder())).as("journal, report and pack are gone").isFalse();
    assertThat(firm.seals.caseIn(anns)).as("nor do the seals know it").isEmpty();
    assertThat(firm.seals.caseIn(Firm.question(15))).as("Bob's is sealed still").isPresent();
    ProofRun erased = firm.proofs.get(Firm.OLGA, run.id());
    assertThat(erased.state()).isEqualTo(ProofRun.State.ERASED);
    assertThat(erased.verdicts().getFirst().erased()).isPresent();
    assertThat(erased.verdicts().getFirst().sentence()).contains("as good as");
    firm.database.write(tx -> tx.update("delete from proof where 1 = 0"));
    assertThat(words(home)).doesNotContain("number 14 ");
    assertThat(drawn.id()).isNotEmpty();
    // And a new proof is of who is left.
    assertThat(prove(terms("open")).benchmark().cases()).hasSize(30);
  }

  /// All that lies in the folder but the database's own write-ahead log and free pages.
  private String words(Path folder) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file :
          files
              .filter(Files::isRegularFile)
              .filter(one -> !one.toString().contains(".db"))
              .toList()) {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    firm.database
        .read(tx -> tx.query("select content from benchmark_case", row -> row.getString(1)))
        .forEach(all::append);
    return all.toString();
  }

  @Test
  void whoIsErasedWhileAProofRunsEndsIt() throws IOException {
    drawn(40);
    Terms terms = terms("open");
    Proofs.Ready ready = firm.proofs.ready(Firm.OLGA, "mails", terms, Optional.empty());
    assertThatThrownBy(() ->
            firm.proofs.run(
                Firm.OLGA,
                ready,
                terms,
                progress -> {
                  if (progress.done() == 20) {
                    firm.workloads.erase(Firm.OLGA, "p-bob");
                  }
                }))
        .isInstanceOf(Conflict.class);
    assertThat(firm.proofs.get(Firm.OLGA, ready.id()).state()).isEqualTo(ProofRun.State.ERASED);
    assertThat(Files.exists(home.resolve("proofs").resolve(ready.id()))).isFalse();
  }

  @Test
  void goldsArePeoplesAndSayWhoseAndAFrozenBenchmarkIsNotChanged() {
    drawn(40);
    Benchmarks benchmarks = firm.proofs.benchmarks();
    Terms strict = terms("open").withModelGolds(false);
    assertThatThrownBy(() -> firm.proofs.outlook(Firm.OLGA, "mails", strict, Optional.empty()))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("/workloads/mails/golds");
    List<ReviewCase> cases = benchmarks.cases(Firm.OLGA, "mails");
    for (int i = 0; i < 35; i++) {
      Benchmarks.Review review =
          i % 2 == 0
              ? new Benchmarks.Review.Accept()
              : new Benchmarks.Review.Golds(
                  List.of(Firm.number(cases.get(i).content().asked()), "n/a"));
      ReviewCase after =
          benchmarks.review(
              i < 20 ? Firm.OLGA : Firm.MAX, "mails", cases.get(i).content().id(), review);
      assertThat(after.content().origin()).isEqualTo(Case.Origin.PERSON);
      assertThat(after.content().by()).isEqualTo(i < 20 ? "Olga" : "Max");
    }
    benchmarks.review(
        Firm.OLGA, "mails", cases.get(35).content().id(), new Benchmarks.Review.Skip());
    benchmarks.review(
        Firm.OLGA, "mails", cases.get(34).content().id(), new Benchmarks.Review.Reopen());
    assertThat(benchmarks.current(Firm.OLGA, "mails").orElseThrow().counts())
        .isEqualTo(new DrawnBenchmark.Counts(40, 34, 5, 1));
    Proof proof = prove(strict);
    assertThat(proof.benchmark().cases()).hasSize(34);
    ProofRun run = firm.proofs.of(Firm.OLGA, "mails").getFirst();
    assertThat(
            new String(
                firm.proofs.file(Firm.OLGA, run.id(), "report.html"), StandardCharsets.UTF_8))
        .contains("34 / 0 / 0 (Max 14, Olga 20)");

    benchmarks.review(
        Firm.MAX, "mails", cases.get(36).content().id(), new Benchmarks.Review.Accept());
    DrawnBenchmark next = benchmarks.current(Firm.OLGA, "mails").orElseThrow();
    assertThat(next.version()).isEqualTo(2);
    assertThat(next.counts().reviewed()).isEqualTo(35);
    assertThat(next.frozen()).isFalse();
    assertThat(benchmarks.find(run.benchmark()).counts().reviewed()).isEqualTo(34);
  }

  @Test
  void onlyAdministratorsProveAndWhatDocumentsSaidIsShownToWhoAskedThem() {
    drawn(40);
    Principal staff = new Principal("p-eve", "Eve", Set.of("staff"));
    assertThatThrownBy(() -> firm.proofs.benchmarks().current(staff, "mails"))
        .isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> firm.proofs.of(staff, "mails")).isInstanceOf(NotFound.class);
    Terms grounded = terms("open", "open+docs").withCollections(Set.of("c-1"));
    prove(grounded);
    ProofRun run = firm.proofs.of(Firm.OLGA, "mails").getFirst();
    assertThat(
            new String(
                firm.proofs.file(Firm.OLGA, run.id(), "report.html"), StandardCharsets.UTF_8))
        .contains("With documents");
    assertThat(firm.proofs.of(Firm.MAX, "mails")).isEmpty();
    assertThatThrownBy(() -> firm.proofs.file(Firm.MAX, run.id(), "report.html"))
        .isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> firm.proofs.get(staff, run.id())).isInstanceOf(NotFound.class);
  }

  @Test
  void theColumnsThatExistAreFound() {
    assertThat(Contestants.columns("open", firm.models, true))
        .containsExactly("open", "open+docs", "open+support", "open+support+docs");
    assertThat(Contestants.columns("poor", firm.models, false)).containsExactly("poor");
    drawn(40);
    Proof proof = prove(terms("open", "open+support"));
    assertThat(proof.contestants())
        .extracting(one -> one.column().name() + " of " + one.root())
        .containsExactly("ALONE of rented/large", "ALONE of open", "ADAPTER of open");
  }

  @Test
  void whatCannotBeDrawnSaysWhatThereIs() {
    assertThatThrownBy(() ->
            firm.proofs
                .benchmarks()
                .draw(Firm.OLGA, "mails", 10, new Grader.Contains(), Instant.EPOCH, 1))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("has no exchanges yet");
    assertThatThrownBy(
            () -> firm.proofs.outlook(Firm.OLGA, "mails", terms("open"), Optional.empty()))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("No benchmark");
  }

  @Test
  void aWorkloadThatIsNoMoreTakesWhatWasDrawnFromItAlong() {
    drawn(40);
    prove(terms("open"));
    Path folder = firm.proofs.of(Firm.OLGA, "mails").getFirst().folder();
    firm.workloads.remove(Firm.OLGA, "mails");
    firm.proofs.sweep(Firm.OLGA);
    assertThat(Files.exists(folder)).isFalse();
    assertThat(firm.seals.caseIn(Firm.question(3))).isEmpty();
  }
}
