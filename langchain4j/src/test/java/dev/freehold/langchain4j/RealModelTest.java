package dev.freehold.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.Embedder;
import dev.freehold.engine.EngineConfiguration;
import dev.freehold.engine.LocalChatModel;
import dev.freehold.fixture.DefaultModel;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.store.embedding.CosineSimilarity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// LangChain4j over the real default model.
class RealModelTest {

  private static final String ANSWER = "The capital of France is Paris.";

  private static LocalChatModel model;

  @BeforeAll
  static void open() {
    model =
        LocalChatModel.open(
            DefaultModel.path(), EngineConfiguration.standard().withContextLength(1024));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static ChatRequest question() {
    return ChatRequest.builder()
        .messages(UserMessage.from("What is the capital of France?"))
        .temperature(0.0)
        .build();
  }

  @Test
  void itAnswers() {
    ChatResponse response = new FreeholdChatModel(model).chat(question());
    assertThat(response.aiMessage().text()).isEqualTo(ANSWER);
    assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(response.tokenUsage().inputTokenCount()).isEqualTo(37);
  }

  @Test
  void itStreams() throws Exception {
    List<String> pieces = new ArrayList<>();
    var complete = new CompletableFuture<ChatResponse>();
    new FreeholdStreamingChatModel(model)
        .chat(
            question(),
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String piece) {
                pieces.add(piece);
              }

              @Override
              public void onCompleteResponse(ChatResponse response) {
                complete.complete(response);
              }

              @Override
              public void onError(Throwable error) {
                complete.completeExceptionally(error);
              }
            });
    assertThat(complete.get(2, TimeUnit.MINUTES).aiMessage().text()).isEqualTo(ANSWER);
    assertThat(pieces).hasSizeGreaterThan(3);
    assertThat(String.join("", pieces)).isEqualTo(ANSWER);
  }

  @Test
  void itEmbeds() {
    var embedding = new FreeholdEmbeddingModel(model.embedder(), Embedder.Purpose.PASSAGE);
    Embedding cat = embedding.embed("The cat sleeps on the sofa.").content();
    Embedding same = embedding.embed("A cat is sleeping on a couch.").content();
    Embedding other = embedding.embed("Quarterly revenue grew by nine percent.").content();
    assertThat(embedding.dimension()).isEqualTo(cat.dimension());
    assertThat(CosineSimilarity.between(cat, same))
        .isGreaterThan(CosineSimilarity.between(cat, other));
  }
}
