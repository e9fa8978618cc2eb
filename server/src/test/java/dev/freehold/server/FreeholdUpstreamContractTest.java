package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ContextLengthExceeded;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.Message;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.Sensitivity;
import dev.freehold.chat.Unavailable;
import dev.freehold.database.Database;
import dev.freehold.engine.LocalChatModel;
import dev.freehold.fixture.ChatModelContract;
import dev.freehold.fixture.DefaultModel;
import dev.freehold.governance.egress.EgressLog;
import dev.freehold.governance.egress.EgressPolicy;
import dev.freehold.governance.egress.Gate;
import dev.freehold.remote.Dialect;
import dev.freehold.remote.Reach;
import dev.freehold.remote.Upstream;
import dev.freehold.remote.UpstreamModelEntry;
import dev.freehold.remote.Upstreams;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Another Freehold with the real default model as an upstream, over a real socket and through the
/// gate: held to the same contract as every model.
class FreeholdUpstreamContractTest extends ChatModelContract {

  private static final Principal ANNA = new Principal("p-anna", "Anna", Set.of());

  @TempDir static Path folder;
  private static LocalChatModel local;
  private static House other;
  private static Upstreams upstreams;
  private static Database database;
  private static Gate gate;
  private static String name;

  @BeforeAll
  static void start() {
    local = LocalChatModel.open(DefaultModel.path());
    other = new House(folder.resolve("other"), same -> same, new One(), new House.LetterEmbedder());
    upstreams = Upstreams.in(folder.resolve("ours"));
    upstreams.add(
        new Upstream(
            "other",
            Dialect.FREEHOLD,
            URI.create(other.base() + "/v1"),
            Reach.PRIVATE,
            "",
            false,
            false,
            List.of()),
        Optional.of(other.anna.secret()));
    name = "other/" + local.card().name();
    database = Database.open(folder.resolve("ours.db"));
    gate = Gate.in(database, EgressPolicy.DEFAULT);
  }

  @AfterAll
  static void stop() {
    upstreams.close();
    other.close();
    local.close();
    database.close();
  }

  private record One() implements ChatModels {
    @Override
    public List<ModelCard> cards() {
      return List.of(local.card());
    }

    @Override
    public ChatModel model(String wanted) {
      if (!wanted.equals(local.card().name())) {
        throw new NotFound("There is no such model.");
      }
      return local;
    }
  }

  @Override
  protected ChatModel model() {
    return gate.guard(
        upstreams.model(name),
        upstreams.of(name).orElseThrow().origin(),
        new Asking(ANNA, "", Sensitivity.INTERNAL));
  }

  @Override
  protected ChatRequest request() {
    return super.request().withSampling(Sampling.GREEDY);
  }

  @Test
  void itsAnswerIsTheModelsOwnToTheLetterAndTheToken() {
    ChatRequest request = request().withMaxTokens(24).withTopLogprobs(3);
    ChatAnswer here = local.answer(request);
    ChatAnswer there = model().answer(request);
    assertThat(there.text()).isEqualTo(here.text());
    assertThat(there.reason()).isEqualTo(here.reason());
    assertThat(there.usage().promptTokens()).isEqualTo(here.usage().promptTokens());
    assertThat(there.usage().completionTokens()).isEqualTo(24);
    assertThat(there.logprobs()).hasSize(24);
    for (int i = 0; i < 24; i++) {
      assertThat(there.logprobs().get(i).token()).isEqualTo(here.logprobs().get(i).token());
      assertThat(there.logprobs().get(i).top()).hasSize(3);
    }
  }

  @Test
  void givenTextsAreAsLikelyAsForTheModelItself() {
    String context = "The capital of France is";
    List<String> texts = List.of(" Paris.", " Berlin, I think.", " a");
    List<Continuation> here = local.continuations(context, texts);
    List<Continuation> there = model().continuations(context, texts);
    for (int i = 0; i < texts.size(); i++) {
      assertThat(there.get(i).logProbability())
          .isCloseTo(here.get(i).logProbability(), within(1e-4));
      assertThat(there.get(i).tokens()).isEqualTo(here.get(i).tokens());
      assertThat(there.get(i).greedy()).isEqualTo(here.get(i).greedy());
    }
    List<ChatEvent.TokenLogprob> told = local.tokens(context + texts.getFirst(), 2);
    assertThat(told.getFirst().logprob()).isNaN();
    assertThat(told.stream().map(ChatEvent.TokenLogprob::token).collect(Collectors.joining()))
        .isEqualTo(context + texts.getFirst());
  }

  @Test
  void itsModelsAreListed() {
    assertThat(upstreams.refresh("other"))
        .extracting(UpstreamModelEntry::id)
        .contains(local.card().name());
    assertThat(upstreams.cards()).extracting(ModelCard::name).contains(name);
  }

  @Test
  void aPromptThatDoesNotFitThereIsTheSameErrorHere() {
    ChatRequest tooLong = ChatRequest.of(new Message.User("word ".repeat(9000)));
    assertThatThrownBy(() -> model().answer(tooLong))
        .isInstanceOfSatisfying(
            ContextLengthExceeded.class,
            e -> assertThat(e.contextLength()).isEqualTo(local.card().contextLength()));
  }

  @Test
  void aWrongKeyIsSaidToBeOne() {
    upstreams.add(
        new Upstream(
            "wrong",
            Dialect.FREEHOLD,
            URI.create(other.base() + "/v1"),
            Reach.PRIVATE,
            "",
            false,
            false,
            List.of()),
        Optional.of("fh-wrong"));
    assertThatThrownBy(() -> upstreams.model("wrong/x").answer(request()))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("refused its key");
  }

  @Test
  void whatLeftIsRecordedAndWhatWasReplacedNeverArrived() {
    model()
        .answer(ChatRequest.of(new Message.User("Say DE89370400440532013000.")).withMaxTokens(4));
    Principal officer = new Principal("o", "O", Set.of(Principal.ADMINISTRATORS));
    assertThat(EgressLog.in(database).newest(officer, 1).getFirst().found())
        .containsExactly("IBAN");
  }
}
