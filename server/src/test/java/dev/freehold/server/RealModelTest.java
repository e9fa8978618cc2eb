package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.documents.BgeSmallEmbedder;
import dev.freehold.engine.LocalChatModel;
import dev.freehold.fixture.DefaultModel;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The official client against the whole way: HTTP, the real default model, the real embedder.
class RealModelTest {

  @TempDir static Path folder;
  private static LocalChatModel model;
  private static BgeSmallEmbedder embedder;
  private static House house;
  private static OpenAIClient client;
  private static String name;

  @BeforeAll
  static void start() {
    model = LocalChatModel.open(DefaultModel.path());
    name = model.card().name();
    embedder = BgeSmallEmbedder.open();
    house = new House(folder, configuration -> configuration, new One(), embedder);
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
    embedder.close();
    model.close();
  }

  private record One() implements ChatModels {
    @Override
    public List<ModelCard> cards() {
      return List.of(model.card());
    }

    @Override
    public ChatModel model(String wanted) {
      if (!wanted.equals(name)) {
        throw new NotFound("There is no such model.");
      }
      return model;
    }
  }

  private static ChatCompletionCreateParams.Builder ask(String question) {
    return ChatCompletionCreateParams.builder()
        .model(name)
        .addUserMessage(question)
        .temperature(0)
        .seed(1)
        .maxCompletionTokens(24);
  }

  @Test
  void aRealModelAnswersARealClient() {
    ChatCompletion answer =
        client
            .chat()
            .completions()
            .create(ask("What is the capital of France?").logprobs(true).topLogprobs(2).build());
    answer.validate();
    assertThat(answer.choices().getFirst().message().content().orElseThrow()).contains("Paris");
    assertThat(answer.usage().orElseThrow().promptTokens()).isGreaterThan(10);
    assertThat(answer.usage().orElseThrow().completionTokens()).isBetween(1L, 24L);
    var tokens = answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
    assertThat(tokens).isNotEmpty();
    // Greedy: the token chosen is the likeliest.
    tokens.forEach(
        token -> assertThat(token.topLogprobs().getFirst().token()).isEqualTo(token.token()));
  }

  @Test
  void aStreamSaysWhatTheWholeAnswerSays() {
    ChatCompletion whole = client.chat().completions().create(ask("Name three colours.").build());
    var together = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(ask("Name three colours.").build())) {
      chunks.stream().forEach(together::accumulate);
    }
    assertThat(together.chatCompletion().choices().getFirst().message().content())
        .isEqualTo(whole.choices().getFirst().message().content());
    assertThat(together.chatCompletion().choices().getFirst().finishReason())
        .isEqualTo(whole.choices().getFirst().finishReason());
  }

  @Test
  void aSchemaIsEnforcedWhateverTheTemperature() throws Exception {
    String body =
        """
        {"model":"%s","messages":[{"role":"user","content":"Invent a person."}],"temperature":1.5,"seed":4,"n":2,"max_tokens":80,
         "response_format":{"type":"json_schema","json_schema":{"name":"person","strict":true,"schema":
         {"type":"object","properties":{"name":{"type":"string","maxLength":12},"age":{"type":"integer","minimum":18,"maximum":99}},
          "required":["name","age"],"additionalProperties":false}}}}\
        """
            .formatted(name);
    JsonNode answer = House.json(house.post(house.anna, "/v1/chat/completions", body));
    assertThat(answer.at("/choices").size()).as(answer.toString()).isEqualTo(2);
    for (JsonNode choice : answer.at("/choices")) {
      JsonNode person = House.JSON.readTree(choice.at("/message/content").asString());
      assertThat(person.get("name").isString()).isTrue();
      assertThat(person.get("age").asInt()).isBetween(18, 99);
      assertThat(choice.get("finish_reason").asString()).isEqualTo("stop");
    }
    JsonNode refused =
        House.json(
            house.post(
                house.anna, "/v1/chat/completions", body.replace("\"maxLength\"", "\"maxWords\"")));
    assertThat(refused.at("/error/param").asString()).isEqualTo("response_format");
    assertThat(refused.at("/error/message").asString()).contains("/properties/name/maxWords");
  }

  @Test
  void severalChoicesAndAStopStringAreHonoured() {
    ChatCompletion answer =
        client
            .chat()
            .completions()
            .create(
                ask("Count from one to nine in words.").temperature(1.0).n(3).stop("\n").build());
    assertThat(answer.choices()).hasSize(3);
    answer
        .choices()
        .forEach(choice -> assertThat(choice.message().content().orElse("")).doesNotContain("\n"));
  }

  @Test
  void plainTextIsContinued() {
    var text =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(name)
                    .prompt("The capital of France is")
                    .temperature(0)
                    .maxTokens(5)
                    .build())
            .choices()
            .getFirst()
            .text();
    assertThat(text).contains("Paris");
  }

  @Test
  void aPromptThatDoesNotFitIsRefusedAndNotCut() {
    assertThatThrownBy(
            () -> client.chat().completions().create(ask("word ".repeat(20_000)).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            e -> assertThat(e.code()).hasValue("context_length_exceeded"));
  }

  @Test
  void embeddingsOfNearTextsAreNear() {
    var response =
        client
            .embeddings()
            .create(
                EmbeddingCreateParams.builder()
                    .model(embedder.id())
                    .inputOfArrayOfStrings(
                        List.of(
                            "The oil of the press is changed.",
                            "Replace the machine's lubricant.",
                            "Paris is the capital of France."))
                    .build());
    List<List<Float>> vectors = response.data().stream().map(e -> e.embedding()).toList();
    assertThat(dot(vectors.get(0), vectors.get(1)))
        .isGreaterThan(dot(vectors.get(0), vectors.get(2)));
    assertThat(dot(vectors.get(0), vectors.get(0))).isBetween(0.999, 1.001);
  }

  private static double dot(List<Float> a, List<Float> b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      sum += (double) a.get(i) * b.get(i);
    }
    return sum;
  }

  @Test
  void aPersonIsAnsweredFromTheirDocument() throws Exception {
    String collection =
        House.json(house.post(house.anna, "/api/collections", "{\"name\":\"Manuals\"}"))
            .get("id")
            .asString();
    house.send(
        house
            .as(house.anna, "/api/collections/" + collection + "/documents?name=press.md")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "# Press HP-40\n\nThe hydraulic oil of the press HP-40 is changed every 4,000 operating hours.\n")));
    assertThat(house.library.await(house.anna.principal(), collection, Duration.ofSeconds(120)))
        .isTrue();
    String conversation =
        House.json(
                house.post(
                    house.anna,
                    "/api/conversations",
                    "{\"model\":\"%s\",\"collections\":[\"%s\"]}".formatted(name, collection)))
            .get("id")
            .asString();
    Events events =
        Events.in(
            house
                .post(
                    house.anna,
                    "/api/conversations/" + conversation + "/messages",
                    "{\"text\":\"How often is the hydraulic oil of the press HP-40 changed?\"}")
                .body());
    JsonNode message = events.first("done").get("message");
    assertThat(message.at("/grounding/state").asString()).isEqualTo("grounded");
    assertThat(message.at("/passages/0/text").asString()).contains("4,000 operating hours");
    assertThat(message.get("text").asString()).isNotBlank();
    assertThat(message.at("/usage/promptTokens").asInt()).isGreaterThan(50);
  }
}
