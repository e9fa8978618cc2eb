package dev.freehold.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChatRequestTest {

  @Test
  void aRequestOutOfRangeIsRefusedNamingTheField() {
    assertThatThrownBy(() -> Sampling.DEFAULT.withTemperature(2.1))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("temperature"));
    assertThatThrownBy(() -> Sampling.DEFAULT.withTemperature(Double.NaN))
        .isInstanceOf(InvalidRequest.class);
    ChatRequest request = ChatRequest.of(new Message.User("Bonjour"));
    assertThatThrownBy(() -> request.withMaxTokens(0))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("max_tokens"));
    assertThatThrownBy(() -> request.withStop(List.of("")))
        .isInstanceOfSatisfying(InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("stop"));
    assertThatThrownBy(() -> request.withTopLogprobs(21))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("top_logprobs"));
  }

  @Test
  void aConversationWithoutMessagesIsRefused() {
    assertThatThrownBy(() -> ChatRequest.of()).isInstanceOf(InvalidRequest.class);
  }

  @Test
  void everyTurnKnowsItsRole() {
    assertThat(List.of(new Message.System("a"), new Message.User("b"), new Message.Assistant("c")))
        .extracting(Message::role)
        .containsExactly("system", "user", "assistant");
  }
}
