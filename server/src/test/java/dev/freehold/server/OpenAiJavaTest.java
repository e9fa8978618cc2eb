package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import dev.freehold.chat.Busy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The official openai-java client, unchanged but for its base URL and key, against a scripted
/// model, whose answers are known.
class OpenAiJavaTest {

  @TempDir Path folder;
  private House house;
  private OpenAIClient client;

  @BeforeEach
  void start() {
    house = House.in(folder);
    client = client(house.anna.secret());
  }

  @AfterEach
  void stop() {
    client.close();
    house.close();
  }

  private OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(house.base() + "/v1")
        .apiKey(key)
        .maxRetries(0)
        .build();
  }

  private static ChatCompletionCreateParams.Builder ask(String question) {
    return ChatCompletionCreateParams.builder().model("echo").addUserMessage(question);
  }

  @Test
  void itChats() {
    ChatCompletion answer =
        client
            .chat()
            .completions()
            .create(
                ask("one two three")
                    .addDeveloperMessage("be brief")
                    .addUserMessage("four five")
                    .temperature(0.5)
                    .seed(3)
                    .logprobs(true)
                    .topLogprobs(2)
                    .maxCompletionTokens(50)
                    .build());
    answer.validate();
    assertThat(answer.choices().getFirst().message().content()).hasValue("four five");
    assertThat(answer.choices().getFirst().finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(3);
    assertThat(
            answer
                .choices()
                .getFirst()
                .logprobs()
                .orElseThrow()
                .content()
                .orElseThrow()
                .getFirst()
                .topLogprobs())
        .hasSize(2);
    assertThat(answer.systemFingerprint()).isPresent();
  }

  @Test
  void itGoesOnWithAnAnswerOfOurs() {
    ChatCompletion first = client.chat().completions().create(ask("one").build());
    ChatCompletion second =
        client
            .chat()
            .completions()
            .create(
                ask("one")
                    .addMessage(first.choices().getFirst().message())
                    .addUserMessage("two")
                    .build());
    assertThat(second.choices().getFirst().message().content()).hasValue("two");
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void itStreamsAndPutsTheSameAnswerTogether() {
    // Not in one lump: no word is said before the first chunk has arrived.
    house.model.firstWordMay = new CountDownLatch(1);
    var whole = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client
            .chat()
            .completions()
            .createStreaming(
                ask("one two three four five six seven eight")
                    .n(2)
                    .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                    .build())) {
      chunks.stream()
          .peek(_ -> house.model.firstWordMay.countDown())
          .peek(chunk -> chunk.validate())
          .forEach(whole::accumulate);
    }
    ChatCompletion answer = whole.chatCompletion();
    assertThat(answer.choices()).hasSize(2);
    assertThat(answer.choices().get(1).message().content())
        .hasValue("one two three four five six seven eight");
    assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(30);
  }

  @Test
  void leavingItsStreamStopsTheModel() throws Exception {
    house.model.millisPerWord = 20;
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(ask("word ".repeat(3000)).build())) {
      chunks.stream().limit(5).forEach(_ -> {});
    }
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (house.model.cancelled.get() == 0 && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertThat(house.model.cancelled.get()).isEqualTo(1);
    assertThat(house.model.steps.get()).isLessThan(500);
  }

  @Test
  void itCompletesPlainTextWholeAndStreamed() {
    CompletionCreateParams params =
        CompletionCreateParams.builder().model("echo").prompt("once upon a time").build();
    Completion whole = client.completions().create(params);
    whole.validate();
    assertThat(whole.choices().getFirst().text()).isEqualTo("once upon a time");
    var streamed = new StringBuilder();
    try (StreamResponse<Completion> chunks = client.completions().createStreaming(params)) {
      chunks.stream().forEach(chunk -> streamed.append(chunk.choices().getFirst().text()));
    }
    assertThat(streamed.toString()).isEqualTo("once upon a time");
  }

  @Test
  void itEmbedsInItsDefaultFormAndAsFloats() {
    EmbeddingCreateParams.Builder params =
        EmbeddingCreateParams.builder()
            .model("letters")
            .inputOfArrayOfStrings(List.of("abc", "xyz"));
    CreateEmbeddingResponse usual = client.embeddings().create(params.build());
    CreateEmbeddingResponse floats =
        client
            .embeddings()
            .create(params.encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT).build());
    usual.validate();
    assertThat(usual.data().getFirst().embedding()).hasSize(26);
    assertThat(usual.data().get(1).embedding()).isEqualTo(floats.data().get(1).embedding());
    assertThat(usual.usage().promptTokens()).isEqualTo(2);
  }

  @Test
  void itListsAndLooksUpModels() {
    assertThat(client.models().list().data().stream().map(Model::id))
        .containsExactly("echo", "letters");
    Model model = client.models().retrieve("echo");
    model.validate();
    assertThat(model.created()).isEqualTo(1_700_000_000);
  }

  @Test
  void itMeetsOurErrorsAsTheTypesItKnows() {
    assertThatThrownBy(() -> client.chat().completions().create(ask("x").model("nope").build()))
        .isInstanceOfSatisfying(
            NotFoundException.class,
            e -> {
              assertThat(e.code()).hasValue("model_not_found");
              assertThat(e.param()).hasValue("model");
              assertThat(e.headers().values("x-request-id")).hasSize(1);
            });
    assertThatThrownBy(() -> client.chat().completions().create(ask("x").store(true).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class, e -> assertThat(e.param()).hasValue("store"));
    OpenAIClient stranger = client("fh-wrong");
    try {
      assertThatThrownBy(() -> stranger.models().list()).isInstanceOf(UnauthorizedException.class);
    } finally {
      stranger.close();
    }
    house.model.script =
        _ -> {
          throw new Busy("The model answers as many questions as it can.", Duration.ofMillis(1500));
        };
    assertThatThrownBy(() -> client.chat().completions().create(ask("x").build()))
        .isInstanceOfSatisfying(
            RateLimitException.class,
            e -> {
              assertThat(e.headers().values("retry-after")).containsExactly("2");
              assertThat(e.headers().values("retry-after-ms")).containsExactly("1500");
            });
    house.model.script =
        _ -> {
          throw new dev.freehold.chat.ContextLengthExceeded(9000, 4096);
        };
    assertThatThrownBy(() -> client.chat().completions().createStreaming(ask("x").build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            e -> assertThat(e.code()).hasValue("context_length_exceeded"));
  }

  @Test
  void aStreamThatFailsHalfwayFailsInTheClientToo() {
    house.model.failAfterThreeWords = new IllegalStateException("x");
    assertThatThrownBy(
            () -> {
              try (StreamResponse<ChatCompletionChunk> chunks =
                  client.chat().completions().createStreaming(ask("a b c d e f").build())) {
                chunks.stream().forEach(_ -> {});
              }
            })
        .isInstanceOf(SseException.class);
  }
}
