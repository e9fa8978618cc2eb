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
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ModelCard;
import dev.freehold.engine.EngineConfiguration;
import dev.freehold.engine.LocalChatModel;
import dev.freehold.fixture.DefaultModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The official client against a real server with a real model under a template with tools.
class ToolsOfRealModelTest {

  /// What the client makes a schema of.
  static final class Place {
    public String city = "";
    public int inhabitants;
    public List<Kind> kinds = List.of();

    enum Kind {
      CAPITAL,
      PORT
    }
  }

  private static final String TEMPLATE =
      """
      {% for tool in tools or [] %}{{ tool | tojson }}
      {% endfor %}{% for m in messages %}<|im_start|>{{ m.role }}
      {{ m.content or '' }}{% for call in m.tool_calls or [] %}<tool_call>
      {{ call.function | tojson }}
      </tool_call>{% endfor %}<|im_end|>
      {% endfor %}<|im_start|>assistant
      """;

  @TempDir static Path folder;
  private static LocalChatModel model;
  private static House house;
  private static OpenAIClient client;

  @BeforeAll
  static void start() {
    model =
        LocalChatModel.open(
            DefaultModel.withTemplate(folder.resolve("tools.gguf"), TEMPLATE),
            EngineConfiguration.standard().withContextLength(1024));
    house =
        new House(folder, configuration -> configuration, new One(), new House.LetterEmbedder());
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl(house.base() + "/v1")
            .apiKey(house.anna.secret())
            .maxRetries(0)
            .timeout(Duration.ofMinutes(3))
            .build();
  }

  @AfterAll
  static void stop() {
    client.close();
    house.close();
    model.close();
  }

  private record One() implements ChatModels {
    @Override
    public List<ModelCard> cards() {
      return List.of(model.card());
    }

    @Override
    public ChatModel model(String wanted) {
      return model;
    }
  }

  private static ChatCompletionFunctionTool tool(String name) {
    return ChatCompletionFunctionTool.builder()
        .function(
            FunctionDefinition.builder()
                .name(name)
                .strict(true)
                .parameters(
                    FunctionParameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty(
                            "properties",
                            JsonValue.from(
                                Map.of(
                                    "city",
                                    Map.of("type", "string", "maxLength", 20),
                                    "days",
                                    Map.of("type", "integer", "minimum", 1, "maximum", 7))))
                        .putAdditionalProperty("required", JsonValue.from(List.of("city", "days")))
                        .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                        .build())
                .build())
        .build();
  }

  private static ChatCompletionCreateParams.Builder ask() {
    return ChatCompletionCreateParams.builder()
        .model("any")
        .addUserMessage("How is the weather in Paris?")
        .temperature(1.5)
        .seed(5)
        .maxCompletionTokens(100)
        .addTool(tool("forecast"))
        .addTool(tool("climate"));
  }

  private static List<ChatCompletionMessageFunctionToolCall.Function> calls(ChatCompletion answer) {
    return answer.choices().getFirst().message().toolCalls().orElseThrow().stream()
        .map(ChatCompletionMessageToolCall::asFunction)
        .map(ChatCompletionMessageFunctionToolCall::function)
        .toList();
  }

  private static void valid(ChatCompletionMessageFunctionToolCall.Function call) {
    JsonNode arguments = House.JSON.readTree(call.arguments());
    assertThat(arguments.propertyNames()).containsExactlyInAnyOrder("city", "days");
    assertThat(arguments.get("city").asString().length()).isLessThanOrEqualTo(20);
    assertThat(arguments.get("days").asInt()).isBetween(1, 7);
  }

  @Test
  void requiredNamedAndAllowedCallsComeAndTheirArgumentsAreValid() {
    ChatCompletion required =
        client
            .chat()
            .completions()
            .create(
                ask()
                    .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                    .parallelToolCalls(false)
                    .build());
    required.validate();
    assertThat(calls(required)).hasSize(1).allSatisfy(ToolsOfRealModelTest::valid);
    assertThat(required.choices().getFirst().finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
    assertThat(required.choices().getFirst().message().content()).isEmpty();
    ChatCompletion named =
        client
            .chat()
            .completions()
            .create(
                ask()
                    .toolChoice(
                        ChatCompletionNamedToolChoice.builder()
                            .function(
                                ChatCompletionNamedToolChoice.Function.builder()
                                    .name("climate")
                                    .build())
                            .build())
                    .build());
    assertThat(calls(named)).hasSize(1).allSatisfy(ToolsOfRealModelTest::valid);
    assertThat(calls(named).getFirst().name()).isEqualTo("climate");
    Map<String, Object> allowed =
        Map.of(
            "type",
            "allowed_tools",
            "allowed_tools",
            Map.of(
                "mode",
                "required",
                "tools",
                List.of(Map.of("type", "function", "function", Map.of("name", "forecast")))));
    ChatCompletion some =
        client
            .chat()
            .completions()
            .create(
                ask()
                    .parallelToolCalls(false)
                    .putAdditionalBodyProperty("tool_choice", JsonValue.from(allowed))
                    .build());
    assertThat(calls(some)).hasSize(1).allSatisfy(ToolsOfRealModelTest::valid);
    assertThat(calls(some).getFirst().name()).isEqualTo("forecast");
  }

  @Test
  void aStreamedCallIsTheWholeOne() {
    ChatCompletionCreateParams params =
        ask()
            .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
            .parallelToolCalls(false)
            .build();
    var together = ChatCompletionAccumulator.create();
    int[] deltas = {0};
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params)) {
      chunks.stream()
          .peek(chunk -> chunk.validate())
          .peek(chunk ->
              chunk
                  .choices()
                  .forEach(
                      choice -> deltas[0] += choice.delta().toolCalls().orElse(List.of()).size()))
          .forEach(together::accumulate);
    }
    ChatCompletion whole = client.chat().completions().create(params);
    assertThat(deltas[0]).isGreaterThan(4);
    assertThat(calls(together.chatCompletion()).getFirst().arguments())
        .isEqualTo(calls(whole).getFirst().arguments());
    assertThat(calls(together.chatCompletion()).getFirst().name())
        .isEqualTo(calls(whole).getFirst().name());
  }

  @Test
  void structuredOutputsByClassAreInstances() {
    var answer =
        client
            .chat()
            .completions()
            .create(
                ChatCompletionCreateParams.builder()
                    .model("any")
                    .addUserMessage("Describe Lisbon.")
                    .temperature(1.5)
                    .seed(3)
                    // A name is as long as the model likes.
                    .maxCompletionTokens(1000)
                    .responseFormat(Place.class)
                    .build());
    Place place = answer.choices().getFirst().message().content().orElseThrow();
    assertThat(place.city).isNotNull();
    assertThat(place.kinds).isNotNull();
  }

  @Test
  void aStrictSchemaThatCannotBeKeptIsRefusedByName() {
    ChatCompletionFunctionTool impossible =
        ChatCompletionFunctionTool.builder()
            .function(
                FunctionDefinition.builder()
                    .name("f")
                    .strict(true)
                    .parameters(
                        FunctionParameters.builder()
                            .putAdditionalProperty("type", JsonValue.from("object"))
                            .putAdditionalProperty(
                                "patternProperties", JsonValue.from(Map.of("x", Map.of())))
                            .build())
                    .build())
            .build();
    assertThatThrownBy(() -> client.chat().completions().create(ask().addTool(impossible).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            e -> {
              assertThat(e.param()).hasValue("tools");
              assertThat(e.getMessage()).contains("patternProperties");
            });
  }
}
