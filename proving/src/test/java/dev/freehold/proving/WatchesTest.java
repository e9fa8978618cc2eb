package dev.freehold.proving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.evaluation.Verdict;
import dev.freehold.evaluation.grader.Grader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Both sides of a switch, looked at again and again.
class WatchesTest {

  private static final Duration WEEK = Duration.ofDays(7);

  @TempDir Path home;
  private Firm firm;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-24T10:00:00Z"));

  @BeforeEach
  void open() {
    firm = new Firm(home);
    firm.ask(0, 60, "p-ann", "p-bob");
    firm.proofs
        .benchmarks()
        .draw(Firm.OLGA, "mails", 1000, new Grader.Contains(), Instant.EPOCH, 1);
  }

  @AfterEach
  void close() {
    firm.close();
  }

  private Watches watches() {
    Clock clock =
        new Clock() {
          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return now.get();
          }
        };
    return Watches.in(firm.database, firm.proofs, clock);
  }

  private static Watch watch(Watches watches, String candidate) {
    return watches.watch(
        Firm.OLGA,
        "mails",
        Optional.of(candidate),
        Watches.Way.of(WEEK, 0.1, 100).withModelGolds(true));
  }

  @Test
  void everyLookAddsNewConversationsToAnIntervalThatHoldsAtAllLooks() {
    Watches watches = watches();
    watch(watches, "open");
    Look first = watches.look(Firm.OLGA, "mails");
    assertThat(first.anchors()).isEqualTo(30);
    assertThat(first.conversations()).isEqualTo(30);
    assertThat(first.anew()).isTrue();
    for (int look = 1; look <= 3; look++) {
      now.updateAndGet(at -> at.plus(WEEK));
      firm.ask(60 + 60 * look, 120 + 60 * look, "p-ann", "p-bob");
      Look next = watches.look(Firm.OLGA, "mails");
      assertThat(next.conversations()).isEqualTo(30 + 60 * look);
      assertThat(next.anchors()).isEqualTo(30);
      assertThat(next.same()).isEqualTo(1);
      assertThat(next.drifted()).isFalse();
      assertThat(next.anew()).isFalse();
    }
    List<Look> looks = watches.looks(Firm.OLGA, "mails");
    assertThat(looks.getLast().high() - looks.getLast().low())
        .isLessThan(looks.getFirst().high() - looks.getFirst().low());
    assertThat(looks.getLast().outcome()).isEqualTo(Verdict.Outcome.AS_GOOD);
    assertThat(looks.getLast().incumbentScore()).isEqualTo(1);
    // With nothing new there is nothing to count, and that is said.
    assertThat(watches.look(Firm.OLGA, "mails").note()).contains("no new cases");
    String page = watches.report(Firm.OLGA, "mails");
    assertThat(page).contains("Both sides over time", "<polyline", "As good", "rented/large");
    assertThat(page).doesNotContain("<script", "state of the order");
    assertThat(words()).as("what was said is forgotten").isZero();
  }

  private int words() {
    Path proofs = home.resolve("proofs");
    String[] names = proofs.toFile().list();
    return Files.isDirectory(proofs) && names != null ? names.length : 0;
  }

  @Test
  void aClosedModelThatMovesIsSeenAndSoIsItsFingerprint() {
    Watches watches = watches();
    watch(watches, "open");
    firm.models.fingerprints.put("rented/large", "fp_1");
    watches.look(Firm.OLGA, "mails");
    // Every third answer is wrong from now on, under the same fingerprint.
    firm.models.with(
        "rented/large",
        question -> Integer.parseInt(Firm.number(question)) % 3 == 0 ? "?" : Firm.number(question));
    now.updateAndGet(at -> at.plus(WEEK));
    Look moved = watches.look(Firm.OLGA, "mails");
    assertThat(moved.drifted()).isTrue();
    assertThat(moved.same()).isBetween(0.6, 0.7);
    assertThat(moved.note()).contains("rented/large answers the old questions otherwise");
    assertThat(moved.anew()).isFalse();

    firm.models.fingerprints.put("rented/large", "fp_2");
    now.updateAndGet(at -> at.plus(WEEK));
    Look another = watches.look(Firm.OLGA, "mails");
    assertThat(another.anew()).as("what was counted was of another model").isTrue();
    assertThat(another.note()).contains("rented/large is not what it was", "fp_1", "fp_2");
    assertThat(watches.report(Firm.OLGA, "mails")).contains("class=\"ring\"", "class=\"margin\"");
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void itLooksByItselfWhenItIsTimeAndWhenAModelBecameAnotherAlsoAfterARestart() throws Exception {
    Watches watches = watches();
    watch(watches, "open");
    watches.begin(who -> Optional.of(Firm.OLGA).filter(one -> one.id().equals(who)));
    now.updateAndGet(at -> at.plus(WEEK).plusSeconds(1));
    awaitLooks(1);
    firm.models.digests.put("open", "retrained");
    awaitLooks(2);
    watches.close();
    firm.close();
    firm = new Firm(home);
    firm.models.digests.put("open", "retrained");
    firm.models.shutdowns.put("rented/large", LocalDate.of(2026, 12, 31));
    try (Watches again = watches()) {
      again.begin(_ -> Optional.of(Firm.OLGA));
      awaitLooks(3);
      now.updateAndGet(at -> at.plus(WEEK).plusSeconds(1));
      awaitLooks(4);
      List<Look> looks = again.looks(Firm.OLGA, "mails");
      assertThat(looks)
          .extracting(Look::reason)
          .containsExactly("its time", "open is another", "an end was announced", "its time");
      assertThat(looks).extracting(Look::anew).containsExactly(true, true, false, false);
      assertThat(looks.get(2).note()).contains("rented/large will be shut down on 2026-12-31");
    }
  }

  private void awaitLooks(int count) throws InterruptedException {
    WatchTable table = new WatchTable(firm.database);
    while (table.looks("mails").size() < count) {
      Thread.sleep(20);
    }
  }

  @Test
  void whatCannotBeWatchedIsToldAndAFailedLookIsTriedAgain() {
    Watches watches = watches();
    assertThatThrownBy(() -> watches.look(Firm.OLGA, "mails")).isInstanceOf(NotFound.class);
    assertThatThrownBy(() ->
            watches.watch(Firm.OLGA, "mails", Optional.empty(), Watches.Way.of(WEEK, 0.1, 10)))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("has no candidate");
    assertThatThrownBy(() -> watch(watches, "nobody")).isInstanceOf(NotFound.class);
    watch(watches, "open");
    firm.models.scripts.remove("open");
    assertThatThrownBy(() -> watches.look(Firm.OLGA, "mails")).isInstanceOf(NotFound.class);
    Watch failed = watches.of(Firm.OLGA, "mails").orElseThrow();
    assertThat(failed.problem()).contains("There is no model open");
    assertThat(failed.due()).isEqualTo(now.get().plus(Duration.ofHours(1)));
    watches.end(Firm.OLGA, "mails");
    assertThat(watches.all(Firm.OLGA)).isEmpty();
  }

  @Test
  void aCandidateWithDocumentsIsWatchedAndOtherDocumentsMakeItAnother() {
    Watches watches = watches();
    Watches.Way how = Watches.Way.of(WEEK, 0.1, 100).withModelGolds(true);
    assertThatThrownBy(() -> watches.watch(Firm.OLGA, "mails", Optional.of("open+docs"), how))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("open+docs");
    assertThatThrownBy(() ->
            watches.watch(
                Firm.OLGA, "mails", Optional.of("open"), how.withCollections(Set.of("c-1"))))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("NAME+docs");
    watches.watch(Firm.OLGA, "mails", Optional.of("open+docs"), how.withCollections(Set.of("c-1")));
    assertThat(watches.of(Firm.OLGA, "mails").orElseThrow().collections()).containsExactly("c-1");
    assertThat(watches.look(Firm.OLGA, "mails").candidate()).isEqualTo("open+docs");
    assertThat(watches.look(Firm.OLGA, "mails").anew()).isFalse();
    firm.documents.set("other");
    Look other = watches.look(Firm.OLGA, "mails");
    assertThat(other.anew()).isTrue();
    assertThat(other.note()).contains("open+docs is not what it was.");
  }

  @Test
  void aJudgeComparesAtEachLookAndAnotherJudgeCountsAnew() {
    firm.proofs
        .benchmarks()
        .draw(Firm.OLGA, "mails", 1000, new Grader.Judge("Which is right?"), Instant.EPOCH, 1);
    firm.models.with("judge", _ -> "A").with("other-judge", _ -> "B");
    Watches watches = watches();
    Watches.Way how = Watches.Way.of(WEEK, 0.1, 100).withModelGolds(true);
    watches.watch(Firm.OLGA, "mails", Optional.of("open"), how.withJudge(Optional.of("judge")));
    Look look = watches.look(Firm.OLGA, "mails");
    assertThat(look.incumbentScore()).isEqualTo(0.5);
    assertThat(look.candidateScore()).as("whoever is first wins").isEqualTo(0.5);
    assertThat(look.conversations()).isEqualTo(30);
    assertThat(look.note()).contains("A judge compares the two");
    watches.watch(
        Firm.OLGA, "mails", Optional.of("open"), how.withJudge(Optional.of("other-judge")));
    assertThat(watches.look(Firm.OLGA, "mails").anew()).isTrue();
    watches.watch(Firm.OLGA, "mails", Optional.of("open"), how);
    assertThatThrownBy(() -> watches.look(Firm.OLGA, "mails"))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("judge");
  }

  @Test
  void whoIsErasedIsNoCaseOfALookAnyMore() {
    Watches watches = watches();
    watch(watches, "open");
    watches.look(Firm.OLGA, "mails");
    firm.workloads.erase(Firm.OLGA, "p-ann");
    now.updateAndGet(at -> at.plus(WEEK));
    Look next = watches.look(Firm.OLGA, "mails");
    assertThat(next.anchors()).isEqualTo(15);
  }
}
