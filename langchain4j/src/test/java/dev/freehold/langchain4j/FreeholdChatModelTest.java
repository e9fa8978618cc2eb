package dev.freehold.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Busy;
import dev.freehold.chat.ContextLengthExceeded;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolUse;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FreeholdChatModelTest {

  private final ScriptedChatModel scripted =
      new ScriptedChatModel(List.of("Bon", "jour", " !"), null);

  @Test
  void aConversationKeepsItsTurnsAndEveryParameter() {
    ChatResponse response =
        new FreeholdChatModel(scripted)
            .chat(
                ChatRequest.builder()
                    .messages(
                        SystemMessage.from("Be brief."),
                        UserMessage.from(TextContent.from("one"), TextContent.from("two")),
                        AiMessage.from("three"),
                        UserMessage.from("four"))
                    .temperature(0.5)
                    .topP(0.9)
                    .topK(40)
                    .presencePenalty(0.1)
                    .frequencyPenalty(0.2)
                    .maxOutputTokens(11)
                    .stopSequences(List.of("END"))
                    .build());
    dev.freehold.chat.ChatRequest asked = scripted.asked.getFirst();
    assertThat(asked.prompt())
        .isEqualTo(
            new Prompt.Conversation(
                List.of(
                    new Message.System("Be brief."),
                    new Message.User("one\ntwo"),
                    new Message.Assistant("three"),
                    new Message.User("four"))));
    assertThat(asked.sampling().temperature()).isEqualTo(0.5);
    assertThat(asked.sampling().topP()).isEqualTo(0.9);
    assertThat(asked.sampling().topK()).isEqualTo(40);
    assertThat(asked.sampling().presencePenalty()).isEqualTo(0.1);
    assertThat(asked.sampling().frequencyPenalty()).isEqualTo(0.2);
    assertThat(asked.maxTokens()).isEqualTo(OptionalInt.of(11));
    assertThat(asked.stop()).containsExactly("END");
    assertThat(response.aiMessage().text()).isEqualTo("Bonjour !");
    assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(response.tokenUsage().inputTokenCount()).isEqualTo(7);
    assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(3);
    assertThat(response.modelName()).isEqualTo("scripted");
  }

  @Test
  void defaultsHoldWhereARequestSaysNothing() {
    var model =
        new FreeholdChatModel(scripted, ChatRequestParameters.builder().temperature(0.25).build());
    model.chat("Hello");
    assertThat(scripted.asked.getFirst().sampling().temperature()).isEqualTo(0.25);
  }

  @Test
  void whatIsNotServedIsRefusedByNameBeforeTheModelIsAsked() {
    refused("toolChoice REQUIRED", with -> with.toolChoice(ToolChoice.REQUIRED));
    refused("modelName gpt-4", with -> with.modelName("gpt-4"));
    refused(
        "IMAGE",
        with ->
            with.messages(UserMessage.from(ImageContent.from("https://example.org/image.png"))));
    assertThat(scripted.asked).isEmpty();
  }

  private void refused(String name, UnaryOperator<ChatRequest.Builder> change) {
    ChatRequest request =
        change.apply(ChatRequest.builder().messages(UserMessage.from("Hello"))).build();
    assertThatThrownBy(() -> new FreeholdChatModel(scripted).chat(request))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining(name);
    assertThatThrownBy(
            () -> new FreeholdStreamingChatModel(scripted).chat(request, new Collecting()))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining(name);
  }

  @Test
  void toolsCallsResultsAndFormsArePassedOn() {
    AiMessage called =
        AiMessage.from(
            ToolExecutionRequest.builder().id("a").name("weather").arguments("{}").build());
    new FreeholdChatModel(scripted)
        .chat(
            ChatRequest.builder()
                .messages(
                    UserMessage.from("?"),
                    called,
                    ToolExecutionResultMessage.from("a", "weather", "Rain"))
                .toolSpecifications(
                    ToolSpecification.builder()
                        .name("weather")
                        .description("Of a city.")
                        .strict(true)
                        .parameters(
                            JsonObjectSchema.builder()
                                .addStringProperty("city")
                                .required("city")
                                .build())
                        .build())
                .toolChoice(ToolChoice.REQUIRED)
                .responseFormat(
                    ResponseFormat.builder()
                        .type(ResponseFormatType.JSON)
                        .jsonSchema(
                            JsonSchema.builder()
                                .name("answer")
                                .rootElement(
                                    JsonObjectSchema.builder().addIntegerProperty("n").build())
                                .build())
                        .build())
                .build());
    dev.freehold.chat.ChatRequest asked = scripted.asked.getFirst();
    var conversation = (Prompt.Conversation) asked.prompt();
    assertThat(conversation.messages())
        .containsExactly(
            new Message.User("?"),
            new Message.Assistant("", "", List.of(new ToolCall("a", "weather", "{}"))),
            new Message.Tool("a", "Rain"));
    assertThat(conversation.toolUse())
        .isEqualTo(
            new ToolUse(
                List.of(
                    new Tool(
                        "weather",
                        "Of a city.",
                        conversation.toolUse().tools().getFirst().parameters(),
                        true)),
                new dev.freehold.chat.ToolChoice.Required(),
                true));
    assertThat(conversation.toolUse().tools().getFirst().parameters())
        .contains("\"city\"", "\"required\"");
    assertThat(asked.format())
        .isInstanceOfSatisfying(
            dev.freehold.chat.ResponseFormat.JsonSchema.class,
            form -> {
              assertThat(form.name()).isEqualTo("answer");
              assertThat(form.schema()).contains("\"integer\"");
            });
  }

  @Test
  void failuresArriveAsLangChain4jsKinds() {
    var busy = new Busy("All places are taken.", Duration.ofSeconds(1));
    assertThatThrownBy(
            () -> new FreeholdChatModel(new ScriptedChatModel(List.of(), busy)).chat("Hello"))
        .isInstanceOf(RateLimitException.class)
        .hasMessage("All places are taken.");
    assertThatThrownBy(() ->
            new FreeholdChatModel(new ScriptedChatModel(List.of(), new ContextLengthExceeded(9, 8)))
                .chat("Hello"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("9 tokens");
  }

  @Test
  void aStreamBringsPiecesInOrderAndThenTheWhole() throws Exception {
    var handler = new Collecting();
    new FreeholdStreamingChatModel(scripted).chat("Hello", handler);
    ChatResponse whole = handler.complete.get(10, TimeUnit.SECONDS);
    assertThat(handler.pieces.toString()).isEqualTo("Bon|jour| !|");
    assertThat(whole.aiMessage().text()).isEqualTo("Bonjour !");
    assertThat(scripted.closed.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aStreamThatBreaksEndsInAnErrorAfterWhatWasSaid() {
    var handler = new Collecting();
    new FreeholdStreamingChatModel(
            new ScriptedChatModel(List.of("Bon"), new Busy("Full.", Duration.ZERO)))
        .chat("Hello", handler);
    assertThat(handler.complete)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(RateLimitException.class);
    assertThat(handler.pieces.toString()).isEqualTo("Bon|");
  }

  @Test
  void cancellingStopsTheModelAndNothingFollows() throws Exception {
    var handler =
        new Collecting() {
          @Override
          public void onPartialResponse(PartialResponse piece, PartialResponseContext at) {
            super.onPartialResponse(piece, at);
            at.streamingHandle().cancel();
          }
        };
    new FreeholdStreamingChatModel(scripted).chat("Hello", handler);
    assertThat(scripted.closed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(handler.pieces.toString()).isEqualTo("Bon|");
    assertThat(handler.complete).isNotDone();
  }

  /// Gathers what a stream says.
  private static class Collecting implements StreamingChatResponseHandler {
    final StringBuffer pieces = new StringBuffer();
    final CompletableFuture<ChatResponse> complete = new CompletableFuture<>();

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext at) {
      pieces.append(piece.text()).append('|');
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      complete.complete(response);
    }

    @Override
    public void onError(Throwable error) {
      complete.completeExceptionally(error);
    }
  }
}
