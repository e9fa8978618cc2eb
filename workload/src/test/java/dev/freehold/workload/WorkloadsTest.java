package dev.freehold.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Sensitivity;
import dev.freehold.chat.Unavailable;
import dev.freehold.database.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadsTest {

  private static final Principal ADMIN =
      new Principal("p-admin", "Ada", Set.of(Principal.ADMINISTRATORS));
  private static final Principal ANNA = new Principal("p-anna", "Anna", Set.of());
  private static final Optional<String> NEW = Optional.of("new");
  private static final CapturePolicy FULL =
      new CapturePolicy(CapturePolicy.Mode.FULL, Duration.ofDays(7));

  @TempDir Path folder;
  private Database database;
  private Capture capture;
  private final Scripted models = new Scripted("old", "new", "spare");
  private Workloads workloads;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("freehold.db"));
    Exchanges exchanges = SqliteExchanges.in(database);
    capture = Capture.open(folder.resolve("spool"), exchanges);
    workloads = Workloads.in(database, exchanges, capture, models);
    workloads.create(ADMIN, Workload.of("mails", "old").withCapture(FULL));
  }

  @AfterEach
  void close() {
    capture.close();
    database.close();
  }

  private String ask(String what) {
    return ask(ANNA, what);
  }

  private String ask(Principal who, String what) {
    return workloads
        .model("mails", Asking.of(who))
        .answer(ChatRequest.of(new Message.User(what)))
        .text();
  }

  private List<Exchange> kept() {
    return workloads.exchanges(ADMIN, "mails", Optional.empty(), 1000);
  }

  private void switchTo(Stage stage, double share) {
    workloads.switchTo(ADMIN, "mails", stage, NEW, share, "", "");
  }

  @Test
  void aModelsNameGoesToTheModelUntouched() {
    ChatModel model = workloads.model("old", Asking.of(ANNA));
    assertThat(model.answer(ChatRequest.of(new Message.User("a"))).text()).isEqualTo("old says a");
    assertThat(models.askings.getLast()).isEqualTo(Asking.of(ANNA));
    assertThatThrownBy(() -> workloads.model("none", Asking.of(ANNA))).isInstanceOf(NotFound.class);
    assertThat(kept()).isEmpty();
  }

  @Test
  void aWorkloadIsAskedUnderItsNameAndLeadsToItsIncumbent() {
    assertThat(ask("hello")).isEqualTo("old says hello");
    assertThat(models.askings.getLast()).isEqualTo(new Asking(ANNA, "mails", Sensitivity.INTERNAL));
    assertThat(workloads.model("mails", Asking.of(ANNA)).card().name()).isEqualTo("mails");
    assertThat(workloads.cards())
        .extracting("name")
        .containsExactly("new", "old", "spare", "mails");
    Exchange kept = kept().getFirst();
    assertThat(kept.principal()).isEqualTo("p-anna");
    assertThat(kept.model()).isEqualTo("old");
    assertThat(kept.part()).isEqualTo(Part.INCUMBENT);
    assertThat(kept.outcome()).isEqualTo(Exchange.Outcome.ANSWERED);
    assertThat(kept.request()).isEqualTo("[{\"role\":\"user\",\"content\":\"hello\"}]");
    assertThat(kept.answer()).isEqualTo("old says hello");
    assertThat(kept.completionTokens()).isEqualTo(5);
    assertThat(kept.took()).isPositive();
  }

  @Test
  void nothingIsKeptByDefaultAndNoWordsWhereOnlyMetadataIs() {
    workloads.create(ADMIN, Workload.of("quiet", "old"));
    ChatRequest secret = ChatRequest.of(new Message.User("rosebud"));
    workloads.model("quiet", Asking.of(ANNA)).answer(secret);
    assertThat(workloads.exchanges(ADMIN, "quiet", Optional.empty(), 9)).isEmpty();
    workloads.change(
        ADMIN,
        "quiet",
        one -> one.withCapture(new CapturePolicy(CapturePolicy.Mode.METADATA, Duration.ofDays(1))));
    workloads.model("quiet", Asking.of(ANNA)).answer(secret);
    assertThat(workloads.exchanges(ADMIN, "quiet", Optional.empty(), 9))
        .singleElement()
        .satisfies(one -> assertThat(one.toString()).doesNotContain("rosebud"));
    assertThat(workloads.live(ADMIN, "quiet").recent().toString()).doesNotContain("rosebud");
  }

  @Test
  void identifiersAndSecretsAreTakenOutOfWhatIsKept() {
    assertThat(ask("IBAN DE89370400440532013000 and key AKIAIOSFODNN7EXAMPL3"))
        .contains("DE89370400440532013000");
    assertThat(kept().getFirst().request()).contains("IBAN <IBAN> and key <PREFIXED_KEY>");
    assertThat(kept().getFirst().answer()).contains("<IBAN>").doesNotContain("DE89");
  }

  @Test
  void costsAreThoseOfTheModelThatAnswered() {
    workloads.change(ADMIN, "mails", one -> one.withPrices(Map.of("old", new Price(10, 1, 100))));
    ask("hello");
    assertThat(kept().getFirst().cost()).isEqualTo((6 * 10 + 4 * 1 + 5 * 100) / 1e6);
  }

  @Test
  void aModelThatFailsBeforeItsFirstWordIsHelpedOut() {
    workloads.change(
        ADMIN, "mails", one -> one.withRoute(one.route().withFallbacks(List.of("spare"))));
    models.scripts.put("old", Scripted.DOWN);
    assertThat(ask("hello")).isEqualTo("spare says hello");
    assertThat(kept()).extracting(Exchange::part).containsExactly(Part.FALLBACK, Part.INCUMBENT);
    assertThat(kept().getLast().problem()).isEqualTo("Unavailable");
    models.scripts.put("spare", Scripted.DOWN);
    assertThatThrownBy(() -> ask("hello")).isInstanceOf(Unavailable.class);
  }

  @Test
  void whoLeavesBeforeTheFirstWordHasLeftAndNoModelHasFailed() {
    switchTo(Stage.CANARY, 99.9);
    models.scripts.put(
        "new",
        _ -> {
          Thread.currentThread().interrupt(); // As the server does once the client is gone.
          throw new Unavailable("Asking was interrupted.");
        });
    try {
      assertThatThrownBy(() -> ask("hello")).isInstanceOf(Unavailable.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(models.asked).as("nobody waits for another model's answer").containsExactly("new");
    assertThat(kept()).extracting(Exchange::outcome).containsExactly(Exchange.Outcome.LEFT);
  }

  @Test
  void anAnswerThatHasBegunIsNeverFinishedByAnother() {
    workloads.change(
        ADMIN, "mails", one -> one.withRoute(one.route().withFallbacks(List.of("spare"))));
    models.failsAfterFirstWord = "old";
    assertThatThrownBy(() -> ask("hello")).isInstanceOf(Unavailable.class);
    assertThat(models.asked).containsExactly("old");
    assertThat(kept().getFirst().outcome()).isEqualTo(Exchange.Outcome.FAILED);
  }

  @Test
  void whatIsTheCallersFaultIsNotTriedElsewhere() {
    workloads.change(
        ADMIN, "mails", one -> one.withRoute(one.route().withFallbacks(List.of("spare"))));
    models.scripts.put(
        "old",
        _ -> {
          throw new InvalidRequest("It holds an IBAN.", "messages[0].content");
        });
    assertThatThrownBy(() -> ask("hello")).isInstanceOf(InvalidRequest.class);
    assertThat(models.asked).containsExactly("old");
  }

  @Test
  void whoLeavesIsRecordedAsHavingLeft() {
    try (ChatStream stream =
        workloads.model("mails", Asking.of(ANNA)).stream(
            ChatRequest.of(new Message.User("hello")))) {
      stream.next();
    }
    assertThat(kept())
        .singleElement()
        .satisfies(one -> assertThat(one.outcome()).isEqualTo(Exchange.Outcome.LEFT));
  }

  @Test
  void aShadowIsAskedTheSameAndNobodySeesIt() {
    switchTo(Stage.SHADOW, 0);
    models.scripts.put("new", said -> "better: " + said);
    assertThat(ask("hello")).isEqualTo("old says hello");
    workloads.settle();
    List<Exchange> both = kept();
    assertThat(both).extracting(Exchange::part).containsExactly(Part.SHADOW, Part.INCUMBENT);
    assertThat(both.getFirst().of()).isEqualTo(both.getLast().id());
    assertThat(both.getFirst().answer()).isEqualTo("better: hello");
    models.scripts.put("new", Scripted.DOWN);
    assertThat(ask("again")).isEqualTo("old says again");
    workloads.settle();
    assertThat(workloads.live(ADMIN, "mails").figures())
        .filteredOn(one -> one.part() == Part.SHADOW)
        .singleElement()
        .satisfies(one -> {
          assertThat(one.count()).isEqualTo(2);
          assertThat(one.failed()).isEqualTo(1);
        });
  }

  private List<Principal> inCanary(double share, boolean in) {
    List<Principal> all = new ArrayList<>();
    for (int i = 0; all.size() < 60; i++) {
      Principal one = new Principal("p-" + i, "P" + i, Set.of());
      if (Route.position("mails", one) < share == in) {
        all.add(one);
      }
    }
    return all;
  }

  @Test
  void aCanaryIsAnsweredByTheCandidateAndTheOthersAreNot() {
    switchTo(Stage.CANARY, 20);
    assertThat(ask(inCanary(20, true).getFirst(), "a")).isEqualTo("new says a");
    assertThat(ask(inCanary(20, false).getFirst(), "a")).isEqualTo("old says a");
  }

  @Test
  void aFailingCandidateIsRolledBackByItselfAndTheHistorySaysWhy() {
    switchTo(Stage.CANARY, 20);
    models.scripts.put("new", Scripted.DOWN);
    for (Principal one : inCanary(20, true)) {
      assertThat(ask(one, "a")).as("the incumbent helps out").isEqualTo("old says a");
    }
    assertThat(workloads.get(ADMIN, "mails").route().stage()).isEqualTo(Stage.INCUMBENT);
    assertThat(models.asked).filteredOn("new"::equals).as("early").hasSize(3);
    Switched last = workloads.history(ADMIN, "mails").getFirst();
    assertThat(last.actor()).isEqualTo(Switched.GUARDS);
    assertThat(last.reason())
        .isEqualTo(
            "3 of the candidate's last 3 answers failed (100 %, at least 44 % with 95 % confidence); allowed are 5 %.");
    assertThat(last.before()).isEqualTo("old, new for 20 %");
    assertThat(last.after()).isEqualTo("old");
    assertThat(workloads.history(ADMIN, "mails")).hasSize(2);
  }

  @Test
  void invalidAnswersRefusalsAndSlownessRollBackToo() {
    workloads.change(ADMIN, "mails", one -> one.withForm(Form.JSON));
    switchTo(Stage.FULL, 0);
    models.scripts.put("new", _ -> "no json");
    for (int i = 0; i < 4; i++) {
      ask("a");
    }
    assertThat(workloads.history(ADMIN, "mails").getFirst().reason())
        .contains("had not the form expected");
    workloads.change(ADMIN, "mails", one -> one.withForm(Form.TEXT));
    switchTo(Stage.FULL, 0);
    models.scripts.put("new", _ -> "Es tut mir leid, aber dabei kann ich nicht helfen.");
    for (int i = 0; i < 4; i++) {
      ask("a");
    }
    assertThat(workloads.history(ADMIN, "mails").getFirst().reason())
        .contains("looked like refusals");
    workloads.change(
        ADMIN, "mails", one -> one.withGuards(new Guards(0.05, 0.05, 0.1, Duration.ofNanos(1))));
    switchTo(Stage.FULL, 0);
    models.scripts.put("new", said -> said);
    for (int i = 0; i < 25; i++) {
      ask("a");
    }
    assertThat(workloads.history(ADMIN, "mails").getFirst().reason()).contains("took longer");
    assertThat(workloads.get(ADMIN, "mails").route().stage()).isEqualTo(Stage.INCUMBENT);
  }

  @Test
  void aSoundCandidateIsLeftAlone() {
    switchTo(Stage.FULL, 0);
    for (int i = 0; i < 120; i++) {
      if (i % 40 == 20) {
        models.scripts.put("new", Scripted.DOWN);
        assertThatThrownBy(() -> ask("a")).isInstanceOf(Unavailable.class);
        models.scripts.put("new", said -> said);
      }
      ask("a");
    }
    assertThat(workloads.get(ADMIN, "mails").route().stage()).isEqualTo(Stage.FULL);
  }

  @Test
  void whatAnotherProcessSwitchedCountsAtOnceAndTheGuardsBeginAnew() {
    switchTo(Stage.FULL, 0);
    models.scripts.put("new", Scripted.DOWN);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> ask("a")).isInstanceOf(Unavailable.class);
    }
    try (Database another = Database.open(folder.resolve("freehold.db"))) {
      Exchanges exchanges = SqliteExchanges.in(another);
      try (Capture other = Capture.open(folder.resolve("other"), exchanges)) {
        Workloads there = Workloads.in(another, exchanges, other, models);
        there.switchTo(ADMIN, "mails", Stage.INCUMBENT, Optional.empty(), 0, "by hand", "");
        assertThat(ask("a")).isEqualTo("old says a");
        there.switchTo(ADMIN, "mails", Stage.FULL, Optional.empty(), 0, "once more", "v-1");
      }
    }
    assertThatThrownBy(() -> ask("a")).isInstanceOf(Unavailable.class);
    assertThat(workloads.get(ADMIN, "mails").route().stage())
        .as("one failure of the new beginning is not three")
        .isEqualTo(Stage.FULL);
    assertThat(workloads.history(ADMIN, "mails"))
        .extracting(Switched::verdict)
        .containsExactly("v-1", "", "");
    assertThat(workloads.history(ADMIN, "mails").getFirst().actorName()).isEqualTo("Ada");
  }

  @Test
  void whatIsThereAndWhatIsNotLookTheSameToWhoMayNotManage() {
    for (String name : List.of("mails", "none")) {
      String unknown = "There is no workload %s.".formatted(name);
      assertThatThrownBy(() -> workloads.get(ANNA, name))
          .isInstanceOf(NotFound.class)
          .hasMessage(unknown);
      assertThatThrownBy(() -> workloads.history(ANNA, name)).hasMessage(unknown);
      assertThatThrownBy(() -> workloads.live(ANNA, name)).hasMessage(unknown);
      assertThatThrownBy(() -> workloads.exchanges(ANNA, name, Optional.empty(), 1))
          .hasMessage(unknown);
      assertThatThrownBy(() -> workloads.switchTo(ANNA, name, Stage.FULL, NEW, 0, "", ""))
          .hasMessage(unknown);
      assertThatThrownBy(() -> workloads.remove(ANNA, name)).hasMessage(unknown);
      assertThatThrownBy(() -> workloads.create(ANNA, Workload.of(name, "old")))
          .hasMessage(unknown);
    }
    assertThatThrownBy(() -> workloads.list(ANNA)).isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> workloads.erase(ANNA, "p-anna")).isInstanceOf(NotFound.class);
    assertThat(workloads.history(ADMIN, "mails")).isEmpty();
  }

  @Test
  void routesLeadToModelsThatAreThere() {
    assertThatThrownBy(() -> workloads.create(ADMIN, Workload.of("mails", "old")))
        .isInstanceOf(Conflict.class);
    assertThatThrownBy(() -> workloads.create(ADMIN, Workload.of("old", "new")))
        .isInstanceOf(Conflict.class);
    assertThatThrownBy(() -> workloads.create(ADMIN, Workload.of("x", "none")))
        .isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> workloads.create(ADMIN, Workload.of("x", "mails")))
        .isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(
            () -> workloads.switchTo(ADMIN, "mails", Stage.FULL, Optional.of("none"), 0, "", ""))
        .isInstanceOf(NotFound.class);
    assertThat(workloads.history(ADMIN, "mails")).as("nothing happened").isEmpty();
  }

  @Test
  void erasingAPersonReachesEverythingDrawnFromTheirExchanges() {
    switchTo(Stage.SHADOW, 0);
    List<String> told = new ArrayList<>();
    workloads.alsoErase(told::add);
    ask(ANNA, "mine");
    ask(ADMIN, "another's");
    workloads.settle();
    assertThat(workloads.erase(ADMIN, "p-anna")).isEqualTo(2);
    assertThat(kept()).hasSize(2).allMatch(one -> one.principal().equals("p-admin"));
    assertThat(workloads.live(ADMIN, "mails").recent())
        .allMatch(one -> one.principal().equals("p-admin"));
    assertThat(told).containsExactly("p-anna");
  }

  @Test
  void aWorkloadThatIsRemovedTakesItsExchangesAndHistoryWithIt() {
    ask("hello");
    switchTo(Stage.FULL, 0);
    workloads.remove(ADMIN, "mails");
    assertThatThrownBy(() -> workloads.get(ADMIN, "mails")).isInstanceOf(NotFound.class);
    assertThat(SqliteExchanges.in(database).count("mails")).isZero();
    workloads.create(ADMIN, Workload.of("mails", "old"));
    assertThat(workloads.history(ADMIN, "mails")).isEmpty();
  }

  @Test
  void settingsComeBackAsTheyWere() {
    Workload all =
        new Workload(
            "all",
            Route.to("old").withFallbacks(List.of("spare")).at(Stage.CANARY, NEW, 12.5),
            new CapturePolicy(CapturePolicy.Mode.METADATA, Duration.ofHours(5)),
            Sensitivity.SECRET,
            Form.JSON,
            new Guards(0.1, 0.2, 0.3, Duration.ofMillis(4500)),
            Map.of("old", new Price(1.5, 0.5, 6), "new", Price.FREE),
            new Quality("", "j", "abc", 0.25, Duration.ofMinutes(3), 5));
    workloads.create(ADMIN, all);
    assertThat(workloads.get(ADMIN, "all")).isEqualTo(all);
  }
}
