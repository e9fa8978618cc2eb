package dev.freehold.governance.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Sensitivity;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolUse;
import dev.freehold.chat.Unavailable;
import dev.freehold.database.Database;
import dev.freehold.governance.egress.EgressPolicy.Action;
import dev.freehold.governance.egress.EgressRecord.Decision;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GateTest {

  private static final Principal ANNA = new Principal("p-anna", "Anna", Set.of());
  private static final Principal OFFICER =
      new Principal("p-officer", "Otto", Set.of(Principal.ADMINISTRATORS));
  private static final Asking ASKING = new Asking(ANNA, "support", Sensitivity.INTERNAL);
  private static final EgressPolicy STOP =
      new EgressPolicy(Action.STOP, Action.STOP, Duration.ofSeconds(60));
  private static final EgressPolicy DEFAULT =
      new EgressPolicy(
          EgressPolicy.DEFAULT.identifiers(),
          EgressPolicy.DEFAULT.secrets(),
          EgressPolicy.DEFAULT.kinds(),
          Duration.ofSeconds(60));
  private static final EgressPolicy REPLACE =
      new EgressPolicy(Action.REPLACE, Action.REPLACE, Duration.ofSeconds(60));

  @TempDir Path folder;
  private final Provider provider = new Provider();
  private final List<EgressRecord> recorded = new ArrayList<>();

  private ChatModel behind(EgressPolicy policy) {
    return gate(new StandardScanner(), policy).guard(provider, "https://api.example:443", ASKING);
  }

  private Gate gate(Scanner scanner, EgressPolicy policy) {
    return new Gate(scanner, () -> policy, recorded::add, Clock.systemUTC());
  }

  private static ChatRequest request(List<String> texts) {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      messages.add(new Message.User(texts.get(i)));
      if (i < texts.size() - 1) {
        messages.add(new Message.Assistant("Go on."));
      }
    }
    return ChatRequest.of(new Prompt.Conversation(messages));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsToBeStoppedReachesNobodyHoweverItIsDisguised(Kind kind) {
    var generated = new Generated(kind.ordinal());
    ChatModel model = behind(STOP);
    List<String> passed = new ArrayList<>();
    for (Disguise disguise : Disguise.values()) {
      for (int i = 0; i < 25; i++) {
        List<String> texts = disguise.of(generated.plain(kind));
        try {
          model.answer(request(texts));
          passed.add(disguise + ": " + texts);
        } catch (InvalidRequest e) {
          assertThat(texts).noneMatch(text -> text.length() > 9 && e.getMessage().contains(text));
        }
      }
    }
    assertThat(passed).isEmpty();
    assertThat(provider.bytes()).isZero();
    assertThat(recorded).allMatch(one -> one.decision() == Decision.STOPPED);
    assertThat(recorded).hasSize(25 * Disguise.values().length);
  }

  @Test
  void whatIsReplacedIsRestoredInTheAnswerHoweverItIsCut() {
    Random random = new Random(3);
    provider.pieces =
        said -> {
          List<String> pieces = new ArrayList<>();
          for (int at = 0; at < said.length(); ) {
            int next = Math.min(said.length(), at + 1 + random.nextInt(9));
            pieces.add(said.substring(at, next));
            at = next;
          }
          return pieces;
        };
    var generated = new Generated(4);
    ChatModel model = behind(REPLACE);
    for (int i = 0; i < 300; i++) {
      Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
      String secret = generated.written(kind);
      String said =
          "<IBAN_1> stands here already, <b>bold</b>: "
              + generated.sentence(secret)
              + " And "
              + generated.sentence(generated.written(Kind.AHV))
              + " Again "
              + secret
              + " <";
      String answer = model.answer(request(List.of(said))).text();
      assertThat(answer).isEqualTo(said);
      assertThat(Leaving.of(provider.received.getLast()).joined())
          .doesNotContain(secret)
          .contains("<AHV_1>");
    }
  }

  @Test
  void theSameValueHasOnePlaceholderThroughoutAndStopStringsToo() {
    ChatModel model = behind(REPLACE);
    model.answer(
        request(List.of("Account DE89 3704 0044 0532 0130 00.", "de89370400440532013000 again"))
            .withStop(List.of("IBAN DE89370400440532013000")));
    ChatRequest left = provider.received.getFirst();
    assertThat(Leaving.of(left).texts())
        .extracting(Leaving.Text::text)
        .filteredOn(text -> !text.isEmpty())
        .containsExactly("Account <IBAN_1>.", "Go on.", "<IBAN_1> again", "IBAN <IBAN_1>");
  }

  @Test
  void identifiersAreReplacedAndSecretsStoppedByDefault() {
    ChatModel model = behind(DEFAULT);
    assertThat(model.answer(request(List.of("IBAN DE89370400440532013000"))).text())
        .isEqualTo("IBAN DE89370400440532013000");
    assertThatThrownBy(() -> model.answer(request(List.of("fine", "key AKIAIOSFODNN7EXAMPL3"))))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("messages[2].content"));
    assertThat(recorded)
        .extracting(EgressRecord::decision)
        .containsExactly(Decision.REPLACED, Decision.STOPPED);
    assertThat(recorded.getFirst().found()).containsExactly("IBAN");
  }

  private static ChatRequest withTools(String arguments, String result, String description) {
    return ChatRequest.of(
        new Prompt.Conversation(
                List.of(
                    new Message.User("Pay it."),
                    new Message.Assistant(
                        "", "", List.of(new ToolCall("call-1", "pay", arguments))),
                    new Message.Tool("call-1", result)))
            .withToolUse(
                ToolUse.auto(List.of(new Tool("pay", description, Tool.NO_PARAMETERS, false)))));
  }

  @Test
  void toolsCallsAndResultsAreLookedAtToo() {
    for (Disguise disguise :
        List.of(Disguise.NONE, Disguise.ZERO_WIDTH_SPACE, Disguise.BASE64, Disguise.FULL_WIDTH)) {
      String iban = disguise.of("DE89370400440532013000").getFirst();
      for (ChatRequest request :
          List.of(
              withTools("{\"to\":\"" + iban + "\"}", "ok", ""),
              withTools("{}", "Paid to " + iban, ""),
              withTools("{}", "ok", "Pays from " + iban))) {
        assertThatThrownBy(() -> behind(STOP).answer(request)).isInstanceOf(InvalidRequest.class);
      }
    }
    assertThat(provider.bytes()).isZero();
  }

  @Test
  void argumentsOfCallsAreRestoredAsJsonHoweverTheyAreCut() {
    String key = new Generated(7).plain(Kind.PRIVATE_KEY);
    provider.before =
        request -> {
          String placeholder = Leaving.of(request).texts().getFirst().text().substring(4, 19);
          List<ChatEvent> events = new ArrayList<>();
          events.add(new ChatEvent.Reasoning("I see " + placeholder.substring(0, 5)));
          events.add(new ChatEvent.Reasoning(placeholder.substring(5)));
          events.add(new ChatEvent.ToolCallBegun(0, "call-1", "store"));
          for (char c : ("{\"key\":\"" + placeholder + "\"}").toCharArray()) {
            events.add(new ChatEvent.ToolCallArguments(0, Character.toString(c)));
          }
          return events;
        };
    ChatAnswer answer = behind(REPLACE).answer(request(List.of("Use " + key)));
    assertThat(answer.toolCalls().getFirst().arguments())
        .isEqualTo("{\"key\":\"" + key.replace("\n", "\\u000a") + "\"}");
    assertThat(answer.reasoning()).isEqualTo("I see " + key);
    assertThat(Leaving.of(provider.received.getFirst()).joined()).isEqualTo("Use <PRIVATE_KEY_1>");
  }

  @Test
  void whatCannotBeReplacedInJsonOrInANameStops() {
    for (ChatRequest request :
        List.of(
            withTools("{\"card\":4111111111111111}", "ok", ""),
            withTools("{\"4111111111111111\": 1, \"x", "ok", ""))) {
      boolean inString = Leaving.of(request).joined().contains("\"4111");
      if (inString) {
        behind(REPLACE).answer(request);
      } else {
        assertThatThrownBy(() -> behind(REPLACE).answer(request))
            .isInstanceOfSatisfying(
                InvalidRequest.class,
                e -> assertThat(e.field()).isEqualTo("messages[1].tool_calls"));
      }
    }
    assertThat(provider.received).hasSize(1);
  }

  @Test
  void whatIsMarkedSecretNeverLeavesWhateverThePolicySays() {
    ChatModel model =
        gate(new StandardScanner(), REPLACE)
            .guard(provider, "o", new Asking(ANNA, "payroll", Sensitivity.SECRET));
    assertThatThrownBy(() -> model.answer(request(List.of("Hello"))))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("never leaves");
    assertThat(provider.received).isEmpty();
    assertThat(recorded).hasSize(1);
  }

  @Test
  void aFaultOfTheGateBlocks() {
    for (Scanner broken :
        List.<Scanner>of(
            _ -> {
              throw new IllegalStateException("A bug.");
            },
            _ -> {
              throw new StackOverflowError();
            },
            text -> List.of(new Finding(Kind.CARD, 5, text.length() + 99, "x")))) {
      assertThatThrownBy(() ->
              gate(broken, REPLACE).guard(provider, "o", ASKING).answer(request(List.of("Hello"))))
          .isInstanceOf(RuntimeException.class);
    }
    assertThat(provider.received).isEmpty();
  }

  @Test
  void aGateThatTakesTooLongBlocks() {
    Scanner slow =
        _ -> {
          try {
            Thread.sleep(60_000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return List.of();
        };
    assertThatThrownBy(() ->
            gate(slow, new EgressPolicy(Action.STOP, Action.STOP, Duration.ofMillis(50)))
                .guard(provider, "o", ASKING)
                .answer(request(List.of("Hello"))))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("not sent");
    assertThat(provider.received).isEmpty();
  }

  @Test
  void aRecordThatCannotBeKeptBlocks() {
    Gate gate =
        new Gate(
            new StandardScanner(),
            () -> REPLACE,
            _ -> {
              throw new Unavailable("The disk is full.");
            },
            Clock.systemUTC());
    assertThatThrownBy(() -> gate.guard(provider, "o", ASKING).answer(request(List.of("Hello"))))
        .isInstanceOf(Unavailable.class);
    assertThat(provider.received).isEmpty();
  }

  @Test
  void theIntentIsOnTheDiskBeforeAnythingLeavesAndSaysNothingOfWhatWasSaid() {
    Path file = folder.resolve("freehold.db");
    try (Database database = Database.open(file);
        Database another = Database.open(file)) {
      EgressLog log = EgressLog.in(another);
      provider.pieces =
          said -> {
            // Asked while the request is at the provider, through another connection.
            assertThat(log.newest(OFFICER, 10)).hasSize(1);
            return List.of(said);
          };
      Gate.in(database, DEFAULT)
          .guard(provider, "https://api.example:443", ASKING)
          .answer(request(List.of("Pay to DE89370400440532013000, rosebud.")));
      EgressRecord kept = log.newest(OFFICER, 10).getFirst();
      assertThat(kept.principal()).isEqualTo("p-anna");
      assertThat(kept.workload()).isEqualTo("support");
      assertThat(kept.origin()).isEqualTo("https://api.example:443");
      assertThat(kept.decision()).isEqualTo(Decision.REPLACED);
      assertThat(kept.found()).containsExactly("IBAN");
      assertThat(kept.toString()).doesNotContain("rosebud", "DE89");
      assertThatThrownBy(() -> log.newest(ANNA, 10)).isInstanceOf(NotFound.class);
    }
  }

  @Test
  void logProbabilitiesAreRefusedWhereTheyWouldShowPlaceholders() {
    ChatModel model = behind(REPLACE);
    assertThatThrownBy(
            () -> model.answer(request(List.of("IBAN DE89370400440532013000")).withTopLogprobs(1)))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("logprobs"));
    model.answer(request(List.of("Hello")).withTopLogprobs(1));
    assertThat(provider.received).hasSize(1);
  }
}
