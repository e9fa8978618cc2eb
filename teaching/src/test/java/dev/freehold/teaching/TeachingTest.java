package dev.freehold.teaching;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.SealedTexts;
import dev.freehold.documents.Collection;
import dev.freehold.teaching.exam.ExamItem;
import dev.freehold.teaching.exam.Examined;
import dev.freehold.teaching.exam.HeldOut;
import dev.freehold.teaching.recipe.RecipeSettings;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeachingTest {

  private static final Trainer QUICK = new CountingTrainer(5, 2, _ -> {});

  @TempDir private Path folder;

  private static Wish wish(String name, Source... sources) {
    return Wish.of("base", name, sources)
        .with(new RecipeSettings(6, 2, 0.2, 0.3, 0.05, 0.2, 0.05, 17));
  }

  private static boolean learned(String prompt) {
    return prompt.contains("on Pump");
  }

  private Classroom room(Trainer trainer) {
    return new Classroom(folder, trainer, TeachingTest::learned, SealedTexts.NONE);
  }

  @Test
  void fromDocumentsToAnAdapterThatIsHeldBackUntilSomebodyOrdersItWithAReason()
      throws InterruptedException {
    try (Classroom room = new Classroom(folder, QUICK, _ -> false, SealedTexts.NONE)) {
      Collection collection = room.collection("Manuals", Classroom.manual());
      TeachingJob job =
          room.teaching.begin(
              Classroom.ANNA, wish("pumps-1", new Source.Collection(collection.id())));
      TeachingJob held = room.settled(job.id());
      assertThat(held.problem()).contains("taught");
      assertThat(held.state()).isEqualTo(JobState.HELD_BACK);
      assertThat(room.shelf.names()).isEmpty();
      assertThatThrownBy(() -> room.teaching.order(Classroom.ANNA, job.id(), "  "))
          .isInstanceOf(InvalidRequest.class);
      assertThatThrownBy(() -> room.teaching.order(Classroom.BRUNO, job.id(), "why not"))
          .isInstanceOf(NotFound.class);
      TeachingJob ordered = room.teaching.order(Classroom.ANNA, job.id(), "for the trial only");
      assertThat(ordered.state()).isEqualTo(JobState.PUBLISHED);
      assertThat(ordered.reason()).isEqualTo("for the trial only");
      List<String> shelved = room.shelf.lines("pumps-1");
      assertThat(shelved.get(0)).contains("collection:" + collection.id());
      assertThat(shelved.get(2)).contains("for the trial only").contains("ordered");
      String document = room.library.documents(Classroom.ANNA, collection.id()).getFirst().id();
      assertThat(shelved).contains("saw document:" + document);
      // The document goes, and the adapter says so.
      room.library.delete(Classroom.ANNA, document);
      assertThat(room.shelf.lines("pumps-1"))
          .anyMatch(line -> line.startsWith("mark ") && line.contains(document));
    }
  }

  @Test
  void whatHoldsAllGatesIsServedByItself() throws InterruptedException {
    try (Classroom room = room(QUICK)) {
      Collection collection = room.collection("Manuals", Classroom.manual());
      Source.Collection source = new Source.Collection(collection.id());
      Wish wish =
          wish("pumps-2", source).with(new RecipeSettings(24, 0, 0.2, 0.3, 0.5, 0, 0.05, 17));
      TeachingJob job = room.settled(room.teaching.begin(Classroom.ANNA, wish).id());
      assertThat(job.problem()).isEmpty();
      assertThat(job.state()).isEqualTo(JobState.PUBLISHED);
      assertThat(room.shelf.names()).containsExactly("pumps-2");
      assertThat(room.teaching.steps(Classroom.ANNA, job.id()))
          .extracting(StepReport::step)
          .containsExactly(1, 2, 3, 4, 5);
      assertThat(room.teaching.tally(Classroom.ANNA, job.id()).orElseThrow().kept())
          .containsKeys("question", "statement", "grounded", "replay");
      // The base's answers, and its prose.
      assertThat(new String(room.teaching.lessons(Classroom.ANNA, job.id()), UTF_8).lines())
          .filteredOn(line -> line.contains("\"kind\":\"replay\""))
          .anyMatch(line -> line.contains("\"messages\""))
          .anyMatch(line -> line.contains("\"completion\""));
      assertThat(room.teaching.exam(Classroom.ANNA, job.id()))
          .extracting(ExamItem::group)
          .contains(ExamItem.Group.TAUGHT, ExamItem.Group.KNOWN);
      assertThatThrownBy(() -> room.teaching.begin(Classroom.ANNA, wish))
          .isInstanceOf(Conflict.class);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsExaminedIsGoneBeforeAnybodySeesHowItEnded(boolean learned)
      throws InterruptedException {
    try (Classroom room =
        new Classroom(folder, QUICK, prompt -> learned && learned(prompt), SealedTexts.NONE)) {
      Map<String, JobState> withdrawn = new ConcurrentHashMap<>();
      room.shelf.whenWithdrawing(
          name -> withdrawn.put(name, room.teaching.jobs(Classroom.ANNA).getFirst().state()));
      Collection collection = room.collection("Manuals", Classroom.manual());
      Wish wish =
          wish("pumps-6", new Source.Collection(collection.id()))
              .with(new RecipeSettings(24, 0, 0.2, 0.3, 0.5, 0, 0.05, 17));
      TeachingJob job = room.settled(room.teaching.begin(Classroom.ANNA, wish).id());
      assertThat(job.state()).isEqualTo(learned ? JobState.PUBLISHED : JobState.HELD_BACK);
      assertThat(withdrawn).containsExactly(Map.entry("pumps-6.exam", JobState.EXAMINING));
      assertThat(room.shelf.names()).isEqualTo(learned ? List.of("pumps-6") : List.of());
    }
  }

  @Test
  void anExamThatIsCancelledLeavesNothingThatIsServed() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Predicate<String> knows =
        _ -> {
          asked.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return false;
        };
    try (Classroom room = new Classroom(folder, QUICK, knows, SealedTexts.NONE)) {
      CountDownLatch withdrawn = new CountDownLatch(1);
      room.shelf.whenWithdrawing(_ -> withdrawn.countDown());
      Collection collection = room.collection("Manuals", Classroom.manual());
      TeachingJob job =
          room.teaching.begin(
              Classroom.ANNA, wish("pumps-7", new Source.Collection(collection.id())));
      asked.await();
      assertThat(room.shelf.names()).containsExactly("pumps-7.exam");
      room.teaching.cancel(Classroom.ANNA, job.id());
      withdrawn.await();
      room.teaching.close();
      assertThat(room.shelf.names()).isEmpty();
      assertThat(room.teaching.job(Classroom.ANNA, job.id()).state()).isEqualTo(JobState.CANCELLED);
    }
  }

  @Test
  void whatAKilledProcessLeftToBeExaminedIsGoneAtTheNextStart() throws InterruptedException {
    try (Classroom room = new Classroom(folder, QUICK, _ -> false, SealedTexts.NONE)) {
      Collection collection = room.collection("Manuals", Classroom.manual());
      Source source = new Source.Collection(collection.id());
      TeachingJob job =
          room.settled(room.teaching.begin(Classroom.ANNA, wish("pumps-8", source)).id());
      room.shelf.offer(
          new AdapterShelf.Offer(
              job.wish().candidate(),
              "base",
              folder,
              Classroom.ANNA,
              List.of(source),
              Set.of(),
              "",
              ""));
      assertThat(room.shelf.names()).containsExactly("pumps-8.exam");
      // Nobody can call one so, and lose it.
      assertThatThrownBy(() -> room.teaching.begin(Classroom.ANNA, wish("pumps-8.exam", source)))
          .isInstanceOf(InvalidRequest.class)
          .hasMessageContaining(".exam");
    }
    try (Classroom room = new Classroom(folder, QUICK, _ -> false, SealedTexts.NONE)) {
      assertThat(room.shelf.names()).isEmpty();
      assertThat(room.teaching.jobs(Classroom.ANNA)).hasSize(1);
    }
  }

  @Test
  void onlyWhatMayBeReadIsTaughtAndOnlyOnesOwnJobsAreSeen() throws InterruptedException {
    try (Classroom room = room(QUICK)) {
      Collection collection = room.collection("Manuals", Classroom.manual());
      Wish wish = wish("pumps-3", new Source.Collection(collection.id())).reviewed();
      assertThatThrownBy(() -> room.teaching.begin(Classroom.BRUNO, wish))
          .isInstanceOf(NotFound.class);
      TeachingJob job = room.settled(room.teaching.begin(Classroom.ANNA, wish).id());
      for (Runnable peek :
          List.<Runnable>of(
              () -> room.teaching.job(Classroom.BRUNO, job.id()),
              () -> room.teaching.events(Classroom.BRUNO, job.id()),
              () -> room.teaching.lessons(Classroom.BRUNO, job.id()),
              () -> room.teaching.exam(Classroom.BRUNO, job.id()),
              () -> room.teaching.cancel(Classroom.BRUNO, job.id()))) {
        assertThatThrownBy(peek::run).isInstanceOf(NotFound.class);
      }
      assertThat(room.teaching.jobs(Classroom.BRUNO)).isEmpty();
      // Her own right goes with the collection.
      room.library.deleteCollection(Classroom.ANNA, collection.id());
      assertThatThrownBy(() -> room.teaching.lessons(Classroom.ANNA, job.id()))
          .isInstanceOf(NotFound.class);
    }
  }

  @Test
  void aPersonLooksAtTheDataSetAndEditsIt() throws InterruptedException {
    try (Classroom room = room(QUICK)) {
      Collection collection = room.collection("Manuals", Classroom.manual());
      TeachingJob job =
          room.settled(
              room.teaching
                  .begin(
                      Classroom.ANNA,
                      wish("pumps-4", new Source.Collection(collection.id())).reviewed())
                  .id());
      assertThat(job.state()).isEqualTo(JobState.REVIEW);
      assertThat(job.estimate().orElseThrow().steps()).isEqualTo(5);
      byte[] lessons = room.teaching.lessons(Classroom.ANNA, job.id());
      assertThat(new String(lessons, StandardCharsets.UTF_8)).contains("\"from\":[\"document:");
      assertThatThrownBy(() ->
              room.teaching.edit(
                  Classroom.ANNA, job.id(), "{\"prompt\":1}".getBytes(StandardCharsets.UTF_8)))
          .hasMessageContaining("line 1");
      byte[] mine =
          "{\"messages\":[{\"role\":\"user\",\"content\":\"Hose?\"},{\"role\":\"assistant\",\"content\":\"16 bar\"}]}"
              .getBytes(StandardCharsets.UTF_8);
      room.teaching.edit(Classroom.ANNA, job.id(), mine);
      room.teaching.resume(Classroom.ANNA, job.id());
      TeachingJob done = room.settled(job.id());
      assertThat(done.estimate().orElseThrow().lessons()).isEqualTo(1);
      // A row that does not say where it comes from counts as coming from all that was read.
      String document = room.library.documents(Classroom.ANNA, collection.id()).getFirst().id();
      if (done.state() == JobState.HELD_BACK) {
        room.teaching.order(Classroom.ANNA, job.id(), "test");
      }
      assertThat(room.shelf.lines("pumps-4")).contains("saw document:" + document);
    }
  }

  @Test
  void exchangesWithoutTheRightToTrainAreRefusedAndCounted() throws InterruptedException {
    try (Classroom room = room(QUICK)) {
      TeachingJob job =
          room.settled(
              room.teaching
                  .begin(Classroom.ANNA, wish("mails-1", new Source.Workload("mails")).reviewed())
                  .id());
      assertThat(job.problem()).isEmpty();
      assertThat(
              new String(room.teaching.lessons(Classroom.ANNA, job.id()), StandardCharsets.UTF_8))
          .contains("A quote for two pumps.")
          .contains("exchange:x1")
          .doesNotContain("nobody may learn");
      assertThat(room.teaching.tally(Classroom.ANNA, job.id()).orElseThrow().dropped())
          .containsEntry("exchanges without the right to train", 1)
          .containsEntry("exchanges without words", 1);
      room.teaching.resume(Classroom.ANNA, job.id());
      if (room.settled(job.id()).state() == JobState.HELD_BACK) {
        room.teaching.order(Classroom.ANNA, job.id(), "test");
      }
      room.erased.add("x1");
      room.teaching.reconcile();
      assertThat(room.shelf.lines("mails-1")).anyMatch(line -> line.startsWith("mark An exchange"));
      assertThatThrownBy(() ->
              room.teaching.begin(Classroom.BRUNO, wish("mails-2", new Source.Workload("mails"))))
          .isInstanceOf(NotFound.class);
    }
  }

  @Test
  void aSealedCaseMakesTheJobFailNamingTheDocumentAndTheCase() throws InterruptedException {
    SealedTexts sealed =
        text -> text.contains("16 bar at most") ? Optional.of("pumps/case-7") : Optional.empty();
    try (Classroom room = new Classroom(folder, QUICK, TeachingTest::learned, sealed)) {
      Collection collection = room.collection("Manuals", Classroom.manual());
      TeachingJob job =
          room.settled(
              room.teaching
                  .begin(Classroom.ANNA, wish("pumps-5", new Source.Collection(collection.id())))
                  .id());
      assertThat(job.state()).isEqualTo(JobState.FAILED);
      assertThat(job.problem()).contains("pumps/case-7").contains("manual.md");
    }
  }

  @Test
  void aTrainingIsPausedGoesOnWhereItWasAndIsCancelled() throws InterruptedException {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CountingTrainer slow =
        new CountingTrainer(
            6,
            10,
            step -> {
              if (step == 3) {
                reached.countDown();
                try {
                  go.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }
            });
    try (Classroom room = room(slow)) {
      TeachingJob job =
          room.teaching.begin(Classroom.ANNA, wish("mails-3", new Source.Workload("mails")));
      reached.await();
      assertThat(room.teaching.pause(Classroom.ANNA, job.id()).state()).isEqualTo(JobState.PAUSED);
      go.countDown();
      // The step in hand ends and is kept; only then does the count go on.
      while (room.teaching.steps(Classroom.ANNA, job.id()).size() < 3) {
        Thread.sleep(10);
      }
      room.teaching.resume(Classroom.ANNA, job.id());
      TeachingJob done = room.settled(job.id());
      assertThat(done.state()).isIn(JobState.PUBLISHED, JobState.HELD_BACK);
      assertThat(room.teaching.steps(Classroom.ANNA, job.id()))
          .extracting(StepReport::step)
          .containsExactly(1, 2, 3, 4, 5, 6);
      assertThatThrownBy(() -> room.teaching.cancel(Classroom.ANNA, job.id()))
          .isInstanceOf(Conflict.class);
    }
  }

  @Test
  void filesAreTheirOwnersAndMarkWhatSawThem() throws InterruptedException {
    try (Classroom room = room(QUICK)) {
      byte[] rows =
          "{\"messages\":[{\"role\":\"user\",\"content\":\"Hose?\"},{\"role\":\"assistant\",\"content\":\"16 bar\"}]}\n"
              .getBytes(StandardCharsets.UTF_8);
      TaughtFile file =
          room.teaching
              .files()
              .bring(Classroom.ANNA, "a.jsonl", "fine-tune", new ByteArrayInputStream(rows), 1000);
      assertThat(room.teaching.files().content(Classroom.ANNA, file.id())).isEqualTo(rows);
      assertThatThrownBy(() -> room.teaching.files().content(Classroom.BRUNO, file.id()))
          .isInstanceOf(NotFound.class);
      TeachingJob job =
          room.settled(
              room.teaching.begin(Classroom.ANNA, wish("file-1", new Source.File(file.id()))).id());
      if (job.state() == JobState.HELD_BACK) {
        room.teaching.order(Classroom.ANNA, job.id(), "test");
      }
      assertThat(room.shelf.lines("file-1")).contains("saw file:" + file.id());
      room.teaching.files().delete(Classroom.ANNA, file.id());
      assertThat(room.shelf.lines("file-1")).anyMatch(line -> line.startsWith("mark A file"));
    }
  }

  @Test
  void preferencePairsAreTaughtAsPairs() throws InterruptedException {
    try (Classroom room = room(QUICK)) {
      byte[] rows =
          "{\"input\":{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]},\"preferred_output\":[{\"role\":\"assistant\",\"content\":\"Good day.\"}],\"non_preferred_output\":[{\"role\":\"assistant\",\"content\":\"What?\"}]}\n"
              .getBytes(StandardCharsets.UTF_8);
      TaughtFile file =
          room.teaching
              .files()
              .bring(Classroom.ANNA, "p.jsonl", "fine-tune", new ByteArrayInputStream(rows), 1000);
      Wish plain = wish("tone-1", new Source.File(file.id()));
      Wish wish =
          new Wish(
              plain.model(),
              plain.name(),
              plain.sources(),
              Wish.Method.DPO,
              Optional.empty(),
              Optional.empty(),
              plain.recipe(),
              plain.settings(),
              "",
              false,
              plain.metadata());
      TeachingJob job = room.settled(room.teaching.begin(Classroom.ANNA, wish).id());
      assertThat(job.estimate().orElseThrow().lessons()).isEqualTo(1);
      // One pair: nothing could be held out, so nothing shows that it was learned.
      assertThat(job.state()).isEqualTo(JobState.HELD_BACK);
      assertThat(job.problem()).contains("nothing shows");
      assertThat(room.teaching.order(Classroom.ANNA, job.id(), "seen by hand").state())
          .isEqualTo(JobState.PUBLISHED);
    }
  }

  private static byte[] conversations() {
    StringBuilder rows = new StringBuilder();
    for (int i = 1; i <= 24; i++) {
      rows.append(
          "{\"messages\":[{\"role\":\"user\",\"content\":\"Mail %d: what does the hose on Pump %c hold?\"},{\"role\":\"assistant\",\"content\":\"%d bar\"}]}\n"
              .formatted(i, 'A' + i, 10 + i));
    }
    return rows.toString().getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void conversationsThatWereHeldOutDecideWhetherWhatWasLearnedFromOthersIsServed(boolean learned)
      throws InterruptedException {
    try (Classroom room = new Classroom(folder, QUICK, _ -> learned, SealedTexts.NONE)) {
      TaughtFile file =
          room.teaching
              .files()
              .bring(
                  Classroom.ANNA,
                  "talks.jsonl",
                  "fine-tune",
                  new ByteArrayInputStream(conversations()),
                  100_000);
      Wish wish = wish("talks-1", new Source.File(file.id())).reviewed();
      TeachingJob job = room.settled(room.teaching.begin(Classroom.ANNA, wish).id());
      assertThat(room.teaching.tally(Classroom.ANNA, job.id()).orElseThrow().dropped())
          .containsEntry("kept for the exam", 5);
      byte[] lessons = room.teaching.lessons(Classroom.ANNA, job.id());
      assertThat(new String(lessons, StandardCharsets.UTF_8).lines()).hasSize(18);
      // Nobody puts back what is asked.
      assertThatThrownBy(() -> room.teaching.edit(Classroom.ANNA, job.id(), conversations()))
          .isInstanceOf(Conflict.class)
          .hasMessageContaining("kept for the exam");
      room.teaching.resume(Classroom.ANNA, job.id());
      TeachingJob done = room.settled(job.id());
      assertThat(done.state()).isEqualTo(learned ? JobState.PUBLISHED : JobState.HELD_BACK);
      Examined examined = room.teaching.examined(Classroom.ANNA, job.id()).orElseThrow();
      HeldOut.Answers answers = (HeldOut.Answers) examined.heldOut().orElseThrow();
      assertThat(answers.surprise().cases()).isEqualTo(5);
      assertThat(examined.learned()).isEqualTo(learned);
    }
  }
}
