package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ContextLengthExceeded;
import dev.freehold.chat.Embedder;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.chat.Sampling;
import dev.freehold.fixture.DefaultModel;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Where the window ends nothing is shifted, cut or forgotten in silence: what does not fit is an
/// error before anything is generated, and an answer that meets the end says so.
class EndOfWindowTest {

  private static final int WINDOW = 96;

  private static LocalChatModel model;

  @BeforeAll
  static void open() {
    model =
        LocalChatModel.open(
            DefaultModel.path(), EngineConfiguration.standard().withContextLength(WINDOW));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static ChatRequest text(int words) {
    return ChatRequest.of(new Prompt.Text("one two three four five ".repeat(words)))
        .withSampling(Sampling.GREEDY);
  }

  @Test
  void anAnswerThatMeetsTheEndEndsThereAndSaysSo() {
    ChatAnswer answer =
        model.answer(
            ChatRequest.of(new Message.User("Count from one to a hundred in words."))
                .withSampling(Sampling.GREEDY));
    assertThat(answer.reason()).isEqualTo(ChatEvent.FinishReason.LENGTH);
    assertThat(answer.usage().promptTokens() + answer.usage().completionTokens()).isEqualTo(WINDOW);
    // A larger limit of the request changes nothing.
    ChatAnswer limited =
        model.answer(
            ChatRequest.of(new Message.User("Count from one to a hundred in words."))
                .withSampling(Sampling.GREEDY)
                .withMaxTokens(10_000));
    assertThat(limited.text()).isEqualTo(answer.text());
    assertThat(limited.reason()).isEqualTo(ChatEvent.FinishReason.LENGTH);
  }

  @Test
  void aPromptThatLeavesRoomForOneTokenGetsOne() {
    int words = 1;
    while (model.countTokens(text(words + 1).prompt()) < WINDOW) {
      words++;
    }
    String rest = "one two three four five ".repeat(words);
    while (model.countTokens(new Prompt.Text(rest + " a")) < WINDOW) {
      rest += " a";
    }
    int tokens = model.countTokens(new Prompt.Text(rest));
    assertThat(tokens).isEqualTo(WINDOW - 1);
    ChatAnswer answer =
        model.answer(ChatRequest.of(new Prompt.Text(rest)).withSampling(Sampling.GREEDY));
    assertThat(answer.usage().completionTokens()).isEqualTo(1);
    assertThat(answer.reason()).isEqualTo(ChatEvent.FinishReason.LENGTH);
    String full = rest + " a";
    assertThatThrownBy(() -> model.stream(ChatRequest.of(new Prompt.Text(full))).close())
        .isInstanceOf(ContextLengthExceeded.class)
        .hasMessageContaining("96");
  }

  @Test
  void whatDoesNotFitIsAnErrorBeforeAnythingIsGenerated() {
    assertThatThrownBy(() -> model.stream(text(60)).close())
        .isInstanceOf(ContextLengthExceeded.class);
    ChatRequest conversation =
        ChatRequest.of(
            new Message.User("word ".repeat(60)),
            new Message.Assistant("word ".repeat(60)),
            new Message.User("And?"));
    assertThatThrownBy(() -> model.stream(conversation).close())
        .isInstanceOf(ContextLengthExceeded.class);
    assertThatThrownBy(
            () -> model.stream(conversation.withFormat(new ResponseFormat.JsonObject())).close())
        .isInstanceOf(ContextLengthExceeded.class);
    assertThatThrownBy(() -> model.continuations("word ".repeat(100), List.of("end")))
        .isInstanceOf(ContextLengthExceeded.class);
    Embedder embedder = model.embedder();
    assertThatThrownBy(() -> embedder.embed(Embedder.Purpose.PASSAGE, List.of("word ".repeat(100))))
        .isInstanceOf(FreeholdException.class)
        .hasMessageContaining("96");
  }

  @Test
  void anAnswerOfAFormIsWholeWhereTheWindowEnds() {
    ChatAnswer answer =
        model.answer(
            ChatRequest.of(new Message.User("List numbers."))
                .withSampling(Sampling.GREEDY)
                .withFormat(
                    new ResponseFormat.JsonSchema(
                        "numbers", "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}")));
    assertThat(answer.text()).startsWith("[").endsWith("]");
    assertThat(answer.usage().promptTokens() + answer.usage().completionTokens())
        .isLessThanOrEqualTo(WINDOW);
  }
}
