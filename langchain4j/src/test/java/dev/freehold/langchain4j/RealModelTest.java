package dev.freehold.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Embedder;
import dev.freehold.engine.EngineConfiguration;
import dev.freehold.engine.LocalChatModel;
import dev.freehold.fixture.DefaultModel;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.store.embedding.CosineSimilarity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private static final JsonObjectSchema CITY =
      JsonObjectSchema.builder()
          .addStringProperty("city")
          .addEnumProperty("unit", List.of("C", "F"))
          .required("city", "unit")
          .build();

  @Test
  void itKeepsAResponseFormat() {
    ChatResponse response =
        new FreeholdChatModel(model)
            .chat(
                ChatRequest.builder()
                    .messages(UserMessage.from("Where is the Eiffel Tower?"))
                    .temperature(1.5)
                    .maxOutputTokens(60)
                    .responseFormat(
                        ResponseFormat.builder()
                            .type(ResponseFormatType.JSON)
                            .jsonSchema(
                                JsonSchema.builder().name("place").rootElement(CITY).build())
                            .build())
                    .build());
    assertThat(response.aiMessage().text())
        .matches("(?s)\\{\\s*\"city\": ?\".*\",\\s*\"unit\": ?\"[CF]\"\\s*}");
  }

  @Test
  void aModelThatWasNotMadeForToolsRefusesThem() {
    assertThatThrownBy(() -> new FreeholdChatModel(model).chat(calling()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("chat template");
  }

  @Test
  void itCallsWhereItMustWholeAndStreamed(@TempDir Path folder) throws Exception {
    Path file =
        DefaultModel.withTemplate(
            folder.resolve("tools.gguf"),
            """
            {% for tool in tools or [] %}{{ tool | tojson }}
            {% endfor %}{% for m in messages %}<|im_start|>{{ m.role }}
            {{ m.content or '' }}{% for call in m.tool_calls or [] %}<tool_call>
            {{ call.function | tojson }}
            </tool_call>{% endfor %}<|im_end|>
            {% endfor %}<|im_start|>assistant
            """);
    try (LocalChatModel caller =
        LocalChatModel.open(file, EngineConfiguration.standard().withContextLength(1024))) {
      ChatResponse whole = new FreeholdChatModel(caller).chat(calling());
      // A small model calls again and again, until the limit.
      assertThat(whole.finishReason()).isNotEqualTo(FinishReason.STOP);
      ToolExecutionRequest call = whole.aiMessage().toolExecutionRequests().getFirst();
      assertThat(call.name()).isEqualTo("weather");
      assertThat(call.arguments())
          .matches("(?s)\\{\\s*\"city\": ?\".*\",\\s*\"unit\": ?\"[CF]\"\\s*}");
      var pieces = new StringBuffer();
      var complete = new CompletableFuture<ChatResponse>();
      new FreeholdStreamingChatModel(caller)
          .chat(
              calling(),
              new StreamingChatResponseHandler() {
                @Override
                public void onPartialToolCall(PartialToolCall piece) {
                  pieces.append(piece.partialArguments());
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
      ChatResponse streamed = complete.get(10, TimeUnit.MINUTES);
      assertThat(pieces.toString()).isEqualTo(call.arguments());
      assertThat(streamed.aiMessage().toolExecutionRequests().getFirst().arguments())
          .isEqualTo(call.arguments());
    }
  }

  private static ChatRequest calling() {
    return ChatRequest.builder()
        .messages(UserMessage.from("How is the weather in Paris?"))
        .temperature(0.0)
        .maxOutputTokens(80)
        .toolSpecifications(
            ToolSpecification.builder().name("weather").strict(true).parameters(CITY).build())
        .toolChoice(ToolChoice.REQUIRED)
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
