package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Unavailable;
import dev.freehold.proving.PinnedJudge;
import dev.freehold.workload.Quality;
import dev.freehold.workload.QualityGrader.Pair;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A candidate's answer held against the incumbent's by the graders of proofs and by a judge.
class HouseQualityTest {

  private static final Asking ADA =
      Asking.of(new Principal("a", "Ada", Set.of(Principal.ADMINISTRATORS)));
  private final HouseQuality house = HouseQuality.with(Optional.empty(), Optional.empty());

  /// A judge that prefers the answer with the word `Sélestat`, wherever it is shown.
  private record Judging(String digest, String architecture) implements ChatModels {
    @Override
    public List<ModelCard> cards() {
      return List.of(card("judge"), card("gemma3-small"));
    }

    private ModelCard card(String name) {
      return new ModelCard(
          name, architecture, 0, 0, 0, "", digest, Instant.EPOCH, Optional.empty());
    }

    @Override
    public ChatModel model(String name) {
      return new ChatModel() {
        @Override
        public ModelCard card() {
          return Judging.this.card(name);
        }

        @Override
        public ChatStream stream(ChatRequest request) {
          String shown = ((Prompt.Conversation) request.prompt()).messages().getLast().text();
          boolean first = shown.indexOf("Sélestat") < shown.indexOf("Answer B:");
          return stream(first ? "A" : "B");
        }

        private ChatStream stream(String said) {
          Iterator<ChatEvent> events =
              List.<ChatEvent>of(
                      new ChatEvent.Text(said, List.of()),
                      new ChatEvent.Finished(
                          ChatEvent.FinishReason.STOP, new ChatEvent.Usage(1, 0, 1)))
                  .iterator();
          return new ChatStream() {
            @Override
            public boolean hasNext() {
              return events.hasNext();
            }

            @Override
            public ChatEvent next() {
              return events.next();
            }

            @Override
            public void close() {}
          };
        }

        @Override
        public int countTokens(Prompt prompt) {
          return 1;
        }

        @Override
        public void close() {}
      };
    }
  }

  private static Quality quality(String grader, String judge) {
    return new Quality(grader, judge, "", 0.5, Duration.ofHours(1), 20);
  }

  private static Pair pair(String incumbent, String candidate) {
    return new Pair(List.of(new Message.User("Where?")), incumbent, candidate, "gemma3-small");
  }

  @Test
  void answersAreHeldAgainstTheIncumbents() {
    ChatModels none = new Judging("d", "llama");
    assertThat(house.score(quality("normalised", ""), pair("Lahr.", " lahr"), ADA, none))
        .isEqualTo(1);
    assertThat(house.score(quality("contains", ""), pair("Lahr", "In Épinal."), ADA, none))
        .isZero();
    assertThat(
            house.score(
                quality("{\"type\":\"json\",\"fields\":[\"site\"]}", ""),
                pair("{\"site\":\"Lahr\",\"a\":1}", "{\"site\":\"Lahr\",\"a\":2}"),
                ADA,
                none))
        .isEqualTo(1);
    assertThatThrownBy(() -> house.score(quality("exact", ""), pair(" ", "x"), ADA, none))
        .isInstanceOf(Unavailable.class);
  }

  @Test
  void aJudgeIsPinnedAndAskedInBothOrders() {
    ChatModels models = new Judging("sha256:1", "llama");
    Quality judged = house.settle(quality("judge", "judge"), ADA, models);
    assertThat(judged.pinned()).isEqualTo("sha256:1");
    assertThat(house.score(judged, pair("In Lahr.", "In Sélestat."), ADA, models)).isEqualTo(1);
    assertThat(house.score(judged, pair("In Sélestat.", "In Lahr."), ADA, models)).isZero();
    // Neither holds the word: the judge says the second each time, and order decides nothing.
    assertThat(house.score(judged, pair("In Lahr.", "In Leeds."), ADA, models)).isEqualTo(0.5);
    ChatModels another = new Judging("sha256:2", "llama");
    assertThatThrownBy(() -> house.score(judged, pair("a", "b"), ADA, another))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("choose it again");
  }

  @Test
  void theJudgeOfTheHouseJudgesWhereNoneIsNamedAndOnlyAsItWasPinned() {
    String digest = "sha256:" + "a".repeat(64);
    HouseQuality judging =
        HouseQuality.with(Optional.empty(), Optional.of(PinnedJudge.of("judge@" + digest)));
    Quality judged = judging.settle(quality("judge", ""), ADA, new Judging(digest, "llama"));
    assertThat(judged.judge()).isEqualTo("judge");
    assertThat(judged.pinned()).isEqualTo(digest);
    assertThatThrownBy(
            () -> judging.settle(quality("judge", ""), ADA, new Judging("sha256:b", "llama")))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("is not the model that was pinned");
    for (String wrong : List.of("judge", "judge@", "@" + digest, "judge@sha256:12")) {
      assertThatThrownBy(() -> PinnedJudge.of(wrong)).isInstanceOf(InvalidRequest.class);
    }
  }

  @Test
  void aJudgeOfTheCandidatesFamilyDoesNotJudge() {
    ChatModels models = new Judging("sha256:1", "llama");
    Quality judged = house.settle(quality("judge", "gemma-judge"), ADA, models);
    assertThatThrownBy(() -> house.score(judged, pair("a", "b"), ADA, models))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("favour their own");
  }

  @Test
  void whatCannotCompareTwoAnswersIsRefused() {
    ChatModels models = new Judging("d", "llama");
    for (Quality wrong :
        List.of(
            quality("nonsense", ""),
            quality("people", ""),
            quality("{\"type\":\"program\",\"command\":[\"rm\"]}", ""),
            quality("citations", ""),
            quality("judge", ""),
            quality("exact", "judge"),
            quality("", "judge"))) {
      assertThatThrownBy(() -> house.settle(wrong, ADA, models))
          .as(wrong.toString())
          .isInstanceOf(FreeholdException.class);
    }
    assertThat(house.settle(Quality.OFF, ADA, models)).isEqualTo(Quality.OFF);
  }
}
