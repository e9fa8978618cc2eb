package dev.freehold.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.chat.Unavailable;
import dev.freehold.database.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A candidate's answers against the incumbent's to the same requests, and the way back where they
/// fall short.
class QualityTest {

  private static final Principal ADMIN =
      new Principal("p-admin", "Ada", Set.of(Principal.ADMINISTRATORS));
  private static final Principal ANNA = new Principal("p-anna", "Anna", Set.of());
  private static final Quality WATCHED = new Quality("same", "", "", 0.8, Duration.ofHours(1), 200);

  @TempDir Path folder;
  private Database database;
  private Capture capture;
  private final Scripted models = new Scripted("old", "new");
  private final List<QualityGrader.Pair> pairs = new ArrayList<>();
  private Workloads workloads;
  private boolean broken;

  /// 1 where both say the same behind their names.
  private final class Same implements QualityGrader {
    @Override
    public Quality settle(Quality wanted, Asking asking, ChatModels all) {
      if (wanted.watched() && !wanted.grader().equals("same")) {
        throw new InvalidRequest("No such grader.", "quality.grader");
      }
      return wanted;
    }

    @Override
    public double score(Quality quality, Pair pair, Asking asking, ChatModels all) {
      if (broken) {
        throw new Unavailable("The judge is down.");
      }
      pairs.add(pair);
      return pair.incumbent().substring(3).equals(pair.candidate().substring(3)) ? 1 : 0;
    }
  }

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("freehold.db"));
    Exchanges exchanges = SqliteExchanges.in(database);
    capture = Capture.open(folder.resolve("spool"), exchanges);
    workloads = Workloads.in(database, exchanges, capture, models, new Same());
    workloads.create(ADMIN, Workload.of("mails", "old").withQuality(WATCHED));
  }

  @AfterEach
  void close() {
    capture.close();
    database.close();
  }

  private void switchTo(Stage stage) {
    workloads.switchTo(ADMIN, "mails", stage, Optional.of("new"), 0, "", "");
  }

  private void ask(int times) {
    for (int i = 0; i < times; i++) {
      workloads
          .model("mails", Asking.of(ANNA))
          .answer(ChatRequest.of(new Message.User("Question " + i)));
      // Shadows that are too many at once are left out, and each is wanted here.
      workloads.settle();
    }
  }

  private QualitySeen seen() {
    return workloads.live(ADMIN, "mails").quality();
  }

  private Stage stage() {
    return workloads.get(ADMIN, "mails").route().stage();
  }

  @Test
  void shadowsAreGradedAndLeadNobodyBack() {
    switchTo(Stage.SHADOW);
    models.scripts.put("new", _ -> "new has no idea");
    ask(25);
    assertThat(seen().waiting()).isEqualTo(25);
    assertThat(workloads.look()).isEqualTo(25);
    assertThat(pairs.getFirst().messages()).containsExactly(new Message.User("Question 0"));
    assertThat(pairs.getFirst().incumbent()).isEqualTo("old says Question 0");
    assertThat(pairs.getFirst().candidate()).isEqualTo("new has no idea");
    assertThat(seen().mean()).isZero();
    assertThat(seen().high()).isBetween(0.1, 0.2);
    assertThat(stage()).as("users see the incumbent anyway").isEqualTo(Stage.SHADOW);
  }

  @Test
  void aCandidateThatAgreesStays() {
    switchTo(Stage.FULL);
    ask(40);
    assertThat(workloads.look()).isEqualTo(40);
    assertThat(seen().mean()).isEqualTo(1);
    assertThat(stage()).isEqualTo(Stage.FULL);
    // What the incumbent was asked for this stands in the record of what the route did.
    assertThat(workloads.live(ADMIN, "mails").figures())
        .anySatisfy(one -> {
          assertThat(one.part()).isEqualTo(Part.SHADOW);
          assertThat(one.count()).isEqualTo(40);
        });
  }

  @Test
  void aCandidateThatFallsShortIsLedBackAndTheHistorySaysWhy() {
    switchTo(Stage.FULL);
    models.scripts.put("new", said -> said.endsWith("3") ? "new says " + said : "new has no idea");
    ask(10);
    workloads.look();
    assertThat(stage()).as("ten answers are too few to say").isEqualTo(Stage.FULL);
    ask(1);
    assertThat(workloads.look()).as("the next look comes in an hour").isZero();
    switchTo(Stage.INCUMBENT);
    switchTo(Stage.FULL);
    assertThat(seen().graded()).as("a new route begins anew").isZero();
    ask(30);
    workloads.look();
    assertThat(stage()).isEqualTo(Stage.INCUMBENT);
    Switched why = workloads.history(ADMIN, "mails").getFirst();
    assertThat(why.actor()).isEqualTo(Switched.GUARDS);
    assertThat(why.reason())
        .startsWith("the candidate's last 30 graded answers score 0.10 against the incumbent's")
        .endsWith("asked for is 0.80.");
    assertThat(seen().graded()).isZero();
  }

  @Test
  void whatCannotBeGradedIsToldAndLeadsNobodyBack() {
    switchTo(Stage.FULL);
    broken = true;
    ask(30);
    assertThat(workloads.look()).isZero();
    assertThat(seen().problem()).isEqualTo("The judge is down.");
    assertThat(stage()).isEqualTo(Stage.FULL);
  }

  @Test
  void anIncumbentThatIsGoneIsNoMeasure() {
    switchTo(Stage.FULL);
    ask(3);
    models.scripts.put("old", Scripted.DOWN);
    workloads.look();
    assertThat(seen().problem()).contains("The incumbent gave no answer");
    assertThat(seen().graded()).isZero();
  }

  @Test
  void whoIsErasedIsNotLookedAt() {
    switchTo(Stage.FULL);
    ask(5);
    workloads.erase(ADMIN, ANNA.id());
    assertThat(workloads.look()).isZero();
    assertThat(pairs).isEmpty();
  }

  @Test
  void ofManyAnswersAFairSampleWaits() {
    workloads.change(
        ADMIN,
        "mails",
        one -> one.withQuality(new Quality("same", "", "", 0.8, Duration.ofHours(1), 7)));
    switchTo(Stage.FULL);
    ask(100);
    assertThat(workloads.look()).isEqualTo(7);
    assertThat(pairs).doesNotHaveDuplicates();
  }

  @Test
  void aGraderThatIsNoneIsRefusedAndSettingsAreKept() {
    Quality wrong = new Quality("nonsense", "", "", 0.8, Duration.ofHours(1), 7);
    assertThatThrownBy(
            () -> workloads.create(ADMIN, Workload.of("other", "old").withQuality(wrong)))
        .isInstanceOf(InvalidRequest.class);
    assertThat(workloads.get(ADMIN, "mails").quality()).isEqualTo(WATCHED);
  }

  @Test
  void answersThatBreakTheFormTheirRequestAskedForLeadBack() {
    switchTo(Stage.FULL);
    ResponseFormat format =
        new ResponseFormat.JsonSchema(
            "answer",
            "{\"type\":\"object\",\"properties\":{\"days\":{\"type\":\"integer\"}},\"required\":[\"days\"]}");
    models.scripts.put("new", _ -> "{\"days\":\"five\"}");
    ChatRequest request = ChatRequest.of(new Message.User("How long?")).withFormat(format);
    for (int i = 0; i < 3; i++) {
      workloads.model("mails", Asking.of(ANNA)).answer(request);
    }
    assertThat(stage()).isEqualTo(Stage.INCUMBENT);
    assertThat(workloads.history(ADMIN, "mails").getFirst().reason())
        .contains("3 of the candidate's last 3 answers had not the form expected");
  }
}
