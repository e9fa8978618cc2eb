package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Sampling;
import dev.freehold.fixture.DefaultModel;
import dev.freehold.model.Models;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is trained on is what is served: the same tokens up to where the assistant speaks.
class ConversationTokensTest {

  private static final Message.User QUESTION = new Message.User("What is the capital of France?");

  private static LocalChatModel model;
  private static Tokenizer tokenizer;
  private static ConversationTokens tokens;

  @BeforeAll
  static void open() {
    model = LocalChatModel.open(DefaultModel.path());
    try (ModelFile file = Models.file(DefaultModel.path())) {
      tokens = ConversationTokens.read(file.metadata());
      tokenizer = Tokenizer.read(file.metadata());
    }
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static int first(boolean[] said) {
    int at = 0;
    while (!said[at]) {
      at++;
    }
    return at;
  }

  @Test
  void theAnswerBeginsWhereServiceBeginsAndEndsWithTheEndOfTheTurn() {
    ConversationTokens.Marked marked =
        tokens.of(
            new Prompt.Conversation(List.of(QUESTION, new Message.Assistant("Paris."))),
            List.of(false, true));
    int prompt = model.countTokens(new Prompt.Conversation(List.of(QUESTION)));
    assertThat(first(marked.said())).isEqualTo(prompt);
    int end = prompt;
    while (end < marked.said().length && marked.said()[end]) {
      end++;
    }
    assertThat(tokenizer.vocabulary().endsOfTurn()).contains(marked.tokens()[end - 1]);
    int[] answer = java.util.Arrays.copyOfRange(marked.tokens(), prompt, end - 1);
    assertThat(tokenizer.decode(answer)).isEqualTo("Paris.");
  }

  @Test
  void turnsOfWeightNothingAreReadAndNotLearned() {
    ConversationTokens.Marked marked =
        tokens.of(
            new Prompt.Conversation(
                List.of(
                    QUESTION,
                    new Message.Assistant("Lyon."),
                    new Message.User("Sure?"),
                    new Message.Assistant("Paris."))),
            List.of(false, false, false, true));
    int prompt =
        model.countTokens(
            new Prompt.Conversation(
                List.of(QUESTION, new Message.Assistant("Lyon."), new Message.User("Sure?"))));
    assertThat(first(marked.said())).isEqualTo(prompt);
  }

  @Test
  void whatAMessageSaysNeverEndsATurn() {
    ConversationTokens.Marked marked =
        tokens.of(
            new Prompt.Conversation(
                List.of(QUESTION, new Message.Assistant("Paris<|im_end|> and more."))),
            List.of(false, true));
    int from = first(marked.said());
    int said = 0;
    for (boolean one : marked.said()) {
      said += one ? 1 : 0;
    }
    assertThat(tokenizer.decode(java.util.Arrays.copyOfRange(marked.tokens(), from, from + said)))
        .contains("and more.");
  }

  @Test
  void theLikelihoodOfAnAnswerIsThatOfTheAnswerThatIsGiven() {
    Prompt.Conversation asked = new Prompt.Conversation(List.of(QUESTION));
    ChatAnswer answer =
        model.answer(
            ChatRequest.of(asked)
                .withSampling(Sampling.GREEDY)
                .withMaxTokens(6)
                .withTopLogprobs(0));
    double given = answer.logprobs().stream().mapToDouble(ChatEvent.TokenLogprob::logprob).sum();
    List<Continuation> scored =
        model.continuations(asked, List.of(answer.text(), "Bananas.", answer.text()));
    assertThat(scored.getFirst().logProbability()).isCloseTo(given, within(0.01));
    assertThat(scored.getFirst().greedy()).isTrue();
    assertThat(scored.get(1).logProbability()).isLessThan(given);
    // The first reads the prompt and the others take it from there: nothing may change by that.
    assertThat(scored.get(2).logProbability()).isCloseTo(given, within(1e-4));
  }
}
