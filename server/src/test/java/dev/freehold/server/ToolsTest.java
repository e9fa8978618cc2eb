package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Tools as the official openai-java client sends them and as it reads the answers, against a model
/// whose calls are known.
class ToolsTest {

  @TempDir Path folder;
  private House house;
  private OpenAIClient client;

  @BeforeEach
  void start() {
    house = House.in(folder);
    house.model.play = ToolsTest::play;
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl(house.base() + "/v1")
            .apiKey(house.anna.secret())
            .maxRetries(0)
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    house.close();
  }

  /// Thinks and calls the weather twice when a person asks and tools are offered; otherwise speaks.
  private static List<ChatEvent> play(ChatRequest request) {
    var conversation = (Prompt.Conversation) request.prompt();
    var usage = new ChatEvent.Usage(11, 0, 9, 4);
    if (!(conversation.messages().getLast() instanceof Message.User)
        || conversation.toolUse().shown().isEmpty()) {
      return List.of(
          new ChatEvent.Text("Seven ", List.of()),
          new ChatEvent.Text("degrees.", List.of()),
          new ChatEvent.Finished(ChatEvent.FinishReason.STOP, usage));
    }
    return List.of(
        new ChatEvent.Reading(11, 11),
        new ChatEvent.Reasoning("Two "),
        new ChatEvent.Reasoning("cities."),
        new ChatEvent.ToolCallBegun(0, "call_a", "get_weather"),
        new ChatEvent.ToolCallArguments(0, "{\"city\":"),
        new ChatEvent.ToolCallArguments(0, "\"Liège\"}"),
        new ChatEvent.ToolCallBegun(1, "call_b", "get_weather"),
        new ChatEvent.ToolCallArguments(1, "{\"city\":\"Köln\"}"),
        new ChatEvent.Finished(ChatEvent.FinishReason.TOOL_CALLS, usage));
  }

  private static ChatCompletionCreateParams.Builder ask() {
    return ChatCompletionCreateParams.builder()
        .model("echo")
        .addUserMessage("Weather in Liège and Köln?")
        .addTool(
            ChatCompletionFunctionTool.builder()
                .function(
                    FunctionDefinition.builder()
                        .name("get_weather")
                        .description("The weather at a place.")
                        .parameters(
                            FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                    "properties",
                                    JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .build())
                        .build())
                .build());
  }

  private ToolUse asked() {
    return ((Prompt.Conversation) house.model.asked.getLast().prompt()).toolUse();
  }

  private static void twoCalls(ChatCompletion answer) {
    ChatCompletion.Choice choice = answer.choices().getFirst();
    assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
    assertThat(
            choice.message().toolCalls().orElseThrow().stream()
                .map(ChatCompletionMessageToolCall::asFunction)
                .map(call ->
                    new ToolCall(call.id(), call.function().name(), call.function().arguments())))
        .containsExactly(
            new ToolCall("call_a", "get_weather", "{\"city\":\"Liège\"}"),
            new ToolCall("call_b", "get_weather", "{\"city\":\"Köln\"}"));
  }

  @Test
  void itOffersToolsReadsCallsAndGoesOnWithTheirResults() {
    ChatCompletionCreateParams.Builder talk = ask();
    ChatCompletion first = client.chat().completions().create(talk.build());
    first.validate();
    twoCalls(first);
    ChatCompletionMessage message = first.choices().getFirst().message();
    assertThat(message.content()).isEmpty();
    assertThat(message._additionalProperties().get("reasoning_content"))
        .isEqualTo(JsonValue.from("Two cities."));
    assertThat(
            first.usage().orElseThrow().completionTokensDetails().orElseThrow().reasoningTokens())
        .hasValue(4L);
    assertThat(asked().tools().getFirst().name()).isEqualTo("get_weather");
    assertThat(asked().tools().getFirst().parameters())
        .isEqualTo("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}");
    assertThat(asked().choice()).isEqualTo(new ToolChoice.Auto());

    talk.addMessage(message);
    for (ChatCompletionMessageToolCall call : message.toolCalls().orElseThrow()) {
      ChatCompletionMessageFunctionToolCall function = call.asFunction();
      talk.addMessage(
          ChatCompletionToolMessageParam.builder()
              .toolCallId(function.id())
              .content("7 °C")
              .build());
    }
    ChatCompletion second = client.chat().completions().create(talk.build());
    assertThat(second.choices().getFirst().message().content()).hasValue("Seven degrees.");
    List<Message> seen = ((Prompt.Conversation) house.model.asked.getLast().prompt()).messages();
    assertThat(seen)
        .containsExactly(
            new Message.User("Weather in Liège and Köln?"),
            new Message.Assistant(
                "",
                // The client keeps to OpenAI's own fields when it sends an answer back.
                "",
                List.of(
                    new ToolCall("call_a", "get_weather", "{\"city\":\"Liège\"}"),
                    new ToolCall("call_b", "get_weather", "{\"city\":\"Köln\"}"))),
            new Message.Tool("call_a", "7 °C"),
            new Message.Tool("call_b", "7 °C"));
  }

  @Test
  void streamedCallsArePutTogetherByTheClient() {
    var whole = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(ask().build())) {
      chunks.stream().peek(chunk -> chunk.validate()).forEach(whole::accumulate);
    }
    twoCalls(whole.chatCompletion());
  }

  @Test
  void onTheWireAnIndexComesAlwaysAndIdAndNameOnce() throws Exception {
    String events =
        house
            .post(
                house.anna,
                "/v1/chat/completions",
                "{\"model\":\"echo\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                    + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}]}")
            .body();
    List<String> deltas = new ArrayList<>();
    String reason = "";
    for (String line : events.split("\n")) {
      if (line.startsWith("data: {")) {
        JsonNode choice = House.JSON.readTree(line.substring(6)).at("/choices/0");
        deltas.add(choice.get("delta").toString());
        reason = choice.get("finish_reason").asString(reason);
      }
    }
    assertThat(reason).isEqualTo("tool_calls");
    assertThat(deltas)
        .containsExactly(
            "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}",
            "{\"reasoning_content\":\"Two \"}",
            "{\"reasoning_content\":\"cities.\"}",
            "{\"tool_calls\":[{\"index\":0,\"id\":\"call_a\",\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"\"}}]}",
            "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\"}}]}",
            "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"Liège\\\"}\"}}]}",
            "{\"tool_calls\":[{\"index\":1,\"id\":\"call_b\",\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"\"}}]}",
            "{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"{\\\"city\\\":\\\"Köln\\\"}\"}}]}",
            "{}");
  }

  @Test
  void everyToolChoiceOfTheClientIsRead() {
    for (ChatCompletionToolChoiceOption.Auto word :
        List.of(
            ChatCompletionToolChoiceOption.Auto.AUTO,
            ChatCompletionToolChoiceOption.Auto.NONE,
            ChatCompletionToolChoiceOption.Auto.REQUIRED)) {
      client.chat().completions().create(ask().toolChoice(word).parallelToolCalls(false).build());
    }
    client
        .chat()
        .completions()
        .create(
            ask()
                .toolChoice(
                    ChatCompletionNamedToolChoice.builder()
                        .function(
                            ChatCompletionNamedToolChoice.Function.builder()
                                .name("get_weather")
                                .build())
                        .build())
                .build());
    client
        .chat()
        .completions()
        .create(ask().putAdditionalBodyProperty("tool_choice", JsonValue.from(null)).build());
    assertThat(
            house.model.asked.stream()
                .map(request -> ((Prompt.Conversation) request.prompt()).toolUse()))
        .extracting(ToolUse::choice, ToolUse::parallel)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(new ToolChoice.Auto(), false),
            org.assertj.core.groups.Tuple.tuple(new ToolChoice.None(), false),
            org.assertj.core.groups.Tuple.tuple(new ToolChoice.Required(), false),
            org.assertj.core.groups.Tuple.tuple(new ToolChoice.Named("get_weather"), true),
            org.assertj.core.groups.Tuple.tuple(new ToolChoice.Auto(), true));
  }

  @Test
  void whatCannotBeIsRefusedByName() {
    assertThatThrownBy(() ->
            client
                .chat()
                .completions()
                .create(
                    ask()
                        .toolChoice(
                            ChatCompletionNamedToolChoice.builder()
                                .function(
                                    ChatCompletionNamedToolChoice.Function.builder()
                                        .name("other")
                                        .build())
                                .build())
                        .build()))
        .isInstanceOfSatisfying(
            BadRequestException.class, e -> assertThat(e.param()).hasValue("tool_choice"));
    assertThatThrownBy(() ->
            client
                .chat()
                .completions()
                .create(
                    ask()
                        .addMessage(
                            ChatCompletionToolMessageParam.builder()
                                .toolCallId("nobody")
                                .content("x")
                                .build())
                        .build()))
        .isInstanceOfSatisfying(
            BadRequestException.class, e -> assertThat(e.param()).hasValue("messages"));
  }
}
