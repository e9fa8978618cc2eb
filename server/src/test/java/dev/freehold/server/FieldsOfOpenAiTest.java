package dev.freehold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ReasoningEffort;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Every field of OpenAI's chat schema (as of 2026) either has an effect that is seen here, or is
/// refused with 400 naming it.
class FieldsOfOpenAiTest {

  private static final List<String> SCHEMA =
      List.of(
          "audio",
          "frequency_penalty",
          "function_call",
          "functions",
          "logit_bias",
          "logprobs",
          "max_completion_tokens",
          "max_tokens",
          "messages",
          "metadata",
          "modalities",
          "model",
          "n",
          "parallel_tool_calls",
          "prediction",
          "presence_penalty",
          "prompt_cache_key",
          "prompt_cache_retention",
          "reasoning_effort",
          "response_format",
          "safety_identifier",
          "seed",
          "service_tier",
          "stop",
          "store",
          "stream",
          "stream_options",
          "temperature",
          "tool_choice",
          "tools",
          "top_logprobs",
          "top_p",
          "user",
          "verbosity",
          "web_search_options");

  /// What is asked for with the field, and what the model or the answer must show.
  private static final Map<String, Honoured> HONOURED = new TreeMap<>();

  /// A value that asks for something that is not served.
  private static final Map<String, String> REFUSED = new TreeMap<>();

  private record Honoured(String json, Predicate<Seen> effect) {}

  private record Seen(ChatRequest asked, int times, String body) {
    JsonNode json() {
      return House.JSON.readTree(body);
    }
  }

  private static final String F =
      "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";

  private static ToolUse toolUse(Seen seen) {
    return ((Prompt.Conversation) seen.asked().prompt()).toolUse();
  }

  static {
    HONOURED.put(
        "model",
        new Honoured("\"echo\"", seen -> seen.json().get("model").asString().equals("echo")));
    HONOURED.put(
        "messages",
        new Honoured(
            "[{\"role\":\"developer\",\"content\":\"be brief\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}]",
            seen ->
                ((Prompt.Conversation) seen.asked().prompt())
                    .messages()
                    .equals(List.of(new Message.System("be brief"), new Message.User("a\nb")))));
    HONOURED.put(
        "temperature", new Honoured("0.3", seen -> seen.asked().sampling().temperature() == 0.3));
    HONOURED.put("top_p", new Honoured("0.5", seen -> seen.asked().sampling().topP() == 0.5));
    HONOURED.put(
        "presence_penalty",
        new Honoured("-1.5", seen -> seen.asked().sampling().presencePenalty() == -1.5));
    HONOURED.put(
        "frequency_penalty",
        new Honoured("1.5", seen -> seen.asked().sampling().frequencyPenalty() == 1.5));
    HONOURED.put(
        "seed", new Honoured("7", seen -> seen.asked().sampling().seed().getAsLong() == 7));
    HONOURED.put(
        "max_tokens",
        new Honoured(
            "2",
            seen ->
                seen.asked().maxTokens().getAsInt() == 2 && seen.body().contains("\"length\"")));
    HONOURED.put(
        "max_completion_tokens",
        new Honoured("2", seen -> seen.asked().maxTokens().getAsInt() == 2));
    HONOURED.put(
        "stop",
        new Honoured("[\"two\",\"x\"]", seen -> seen.asked().stop().equals(List.of("two", "x"))));
    HONOURED.put(
        "n",
        new Honoured("3", seen -> seen.times() == 3 && seen.json().get("choices").size() == 3));
    HONOURED.put("stream", new Honoured("true", seen -> seen.body().endsWith("data: [DONE]\n\n")));
    HONOURED.put(
        "stream_options",
        new Honoured(
            "{\"include_usage\":true,\"include_obfuscation\":false},\"stream\":true",
            seen -> seen.body().contains("\"choices\":[],\"usage\":{")));
    HONOURED.put(
        "logprobs",
        new Honoured(
            "true",
            seen ->
                seen.json().at("/choices/0/logprobs/content/0/token").asString().equals("one")));
    HONOURED.put(
        "top_logprobs",
        new Honoured(
            "2,\"logprobs\":true",
            seen -> seen.json().at("/choices/0/logprobs/content/0/top_logprobs").size() == 2));
    HONOURED.put(
        "response_format",
        new Honoured(
            "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"strict\":true,\"schema\":{\"type\":\"null\"}}}",
            seen ->
                seen.asked()
                    .format()
                    .equals(new ResponseFormat.JsonSchema("n", "{\"type\":\"null\"}"))));
    HONOURED.put(
        "logit_bias",
        new Honoured(
            "{\"5\":-100,\"7\":1.5}",
            seen -> seen.asked().sampling().logitBias().equals(Map.of(5, -100.0, 7, 1.5))));
    HONOURED.put(
        "user", new Honoured("\"u-1\"", seen -> seen.asked().cacheScope().contains("user:u-1")));
    HONOURED.put(
        "safety_identifier",
        new Honoured("\"s-1\"", seen -> seen.asked().cacheScope().contains("s-1")));
    HONOURED.put(
        "prompt_cache_key",
        new Honoured("\"k-1\"", seen -> seen.asked().cacheScope().contains("k-1")));
    HONOURED.put("modalities", new Honoured("[\"text\"]", seen -> seen.times() == 1));
    HONOURED.put(
        "service_tier",
        new Honoured(
            "\"auto\"", seen -> seen.json().get("service_tier").asString().equals("default")));

    HONOURED.put(
        "tools",
        new Honoured(
            "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"d\",\"strict\":true,\"parameters\":{\"type\":\"object\"}}}]",
            seen ->
                toolUse(seen)
                    .equals(
                        ToolUse.auto(List.of(new Tool("f", "d", "{\"type\":\"object\"}", true))))));
    HONOURED.put(
        "tool_choice",
        new Honoured(
            "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}," + F,
            seen -> toolUse(seen).choice().equals(new ToolChoice.Named("f"))));
    HONOURED.put(
        "parallel_tool_calls", new Honoured("false," + F, seen -> !toolUse(seen).parallel()));
    HONOURED.put(
        "reasoning_effort",
        new Honoured(
            "\"high\"",
            seen ->
                ((Prompt.Conversation) seen.asked().prompt())
                    .effort()
                    .equals(Optional.of(ReasoningEffort.HIGH))));

    REFUSED.put("audio", "{\"voice\":\"x\",\"format\":\"wav\"}");
    REFUSED.put("function_call", "\"auto\"");
    REFUSED.put("functions", "[{\"name\":\"f\"}]");
    REFUSED.put("logit_bias", "{\"five\":-100}");
    REFUSED.put("metadata", "{\"a\":\"b\"}");
    REFUSED.put("modalities", "[\"text\",\"audio\"]");
    REFUSED.put("prediction", "{\"type\":\"content\",\"content\":\"x\"}");
    REFUSED.put("prompt_cache_retention", "\"24h\"");
    REFUSED.put("reasoning_effort", "\"utmost\"");
    REFUSED.put("response_format", "{\"type\":\"xml\"}");
    REFUSED.put("service_tier", "\"priority\"");
    REFUSED.put("store", "true");
    REFUSED.put("tool_choice", "\"required\"");
    REFUSED.put("tools", "[{\"type\":\"custom\",\"custom\":{\"name\":\"f\"}}]");
    REFUSED.put("verbosity", "\"low\"");
    REFUSED.put("web_search_options", "{}");
  }

  @TempDir Path folder;
  private House house;

  @BeforeEach
  void start() {
    house = House.in(folder);
  }

  @AfterEach
  void stop() {
    house.close();
  }

  private HttpResponse<String> with(String field, String json) throws Exception {
    StringBuilder body = new StringBuilder("{");
    if (!field.equals("model")) {
      body.append("\"model\":\"echo\",");
    }
    if (!field.equals("messages")) {
      body.append("\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}],");
    }
    return house.post(
        house.anna,
        "/v1/chat/completions",
        body.append('"').append(field).append("\":").append(json).append('}').toString());
  }

  @Test
  void eachFieldOfTheSchemaIsInOneListAtLeast() {
    var covered = new TreeSet<>(HONOURED.keySet());
    covered.addAll(REFUSED.keySet());
    assertThat(covered).containsExactlyElementsOf(new TreeSet<>(SCHEMA));
  }

  @Test
  void aFieldThatIsServedHasItsEffect() throws Exception {
    for (Map.Entry<String, Honoured> field : HONOURED.entrySet()) {
      house.model.asked.clear();
      HttpResponse<String> response = with(field.getKey(), field.getValue().json());
      assertThat(response.statusCode()).as(field.getKey() + response.body()).isEqualTo(200);
      assertThat(
              field
                  .getValue()
                  .effect()
                  .test(
                      new Seen(
                          house.model.asked.getFirst(), house.model.asked.size(), response.body())))
          .as(field.getKey() + " in " + response.body())
          .isTrue();
    }
  }

  @Test
  void aFieldThatIsNotServedIsRefusedByName() throws Exception {
    for (Map.Entry<String, String> field : REFUSED.entrySet()) {
      HttpResponse<String> response = with(field.getKey(), field.getValue());
      assertThat(response.statusCode()).as(field.getKey()).isEqualTo(400);
      assertThat(House.json(response).at("/error/param").asString())
          .as(response.body())
          .isEqualTo(field.getKey());
    }
    assertThat(house.model.asked).isEmpty();
  }

  @Test
  void aFieldThatNobodyKnowsAndAValueOfTheWrongKindAreRefusedByName() throws Exception {
    Map<String, String> wrong = new TreeMap<>();
    wrong.put("temprature", "1");
    wrong.put("temperature", "\"hot\"");
    wrong.put("top_p", "1.5");
    wrong.put("n", "0");
    wrong.put("seed", "1.5");
    wrong.put("stream", "\"yes\"");
    wrong.put("max_tokens", "-1");
    wrong.put("max_completion_tokens", "99999999999");
    wrong.put("top_logprobs", "3");
    wrong.put("stop", "[1]");
    wrong.put("messages", "[]");
    wrong.put("model", "7");
    wrong.put("user", "{}");
    for (Map.Entry<String, String> field : wrong.entrySet()) {
      HttpResponse<String> response = with(field.getKey(), field.getValue());
      assertThat(response.statusCode()).as(field.getKey()).isEqualTo(400);
      assertThat(House.json(response).at("/error/param").asString())
          .as(response.body())
          .startsWith(field.getKey());
    }
  }

  @Test
  void whatIsWrongInsideAMessageIsNamedByItsPlace() throws Exception {
    Map<String, String> wrong = new TreeMap<>();
    wrong.put("{\"role\":\"narrator\",\"content\":\"x\"}", "messages[0].role");
    wrong.put("{\"role\":\"tool\",\"content\":\"x\"}", "messages[0].tool_call_id");
    wrong.put("{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"x\"}", "messages");
    wrong.put("{\"role\":\"user\"}", "messages[0].content");
    wrong.put("{\"content\":\"x\"}", "messages[0].role");
    wrong.put("{\"role\":\"user\",\"content\":\"x\",\"name\":\"bob\"}", "messages[0].name");
    wrong.put("{\"role\":\"user\",\"content\":\"x\",\"colour\":1}", "messages[0].colour");
    wrong.put("{\"role\":\"user\",\"content\":\"\\ud800\"}", "messages[0].content");
    wrong.put(
        "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://x\"}}]}",
        "messages[0].content[0].type");
    wrong.put(
        "{\"role\":\"assistant\",\"content\":\"x\",\"tool_calls\":[{\"id\":\"1\"}]}",
        "messages[0].tool_calls[0].type");
    for (Map.Entry<String, String> message : wrong.entrySet()) {
      HttpResponse<String> response = with("messages", "[" + message.getKey() + "]");
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(House.json(response).at("/error/param").asString())
          .as(response.body())
          .isEqualTo(message.getValue());
    }
  }

  @Test
  void whatAnSdkEchoesOfAnAnswerOfOursIsTaken() throws Exception {
    HttpResponse<String> first = with("n", "1");
    JsonNode message = House.json(first).at("/choices/0/message");
    HttpResponse<String> second =
        with("messages", "[" + message + ",{\"role\":\"user\",\"content\":\"go on\"}]");
    assertThat(second.statusCode()).as(second.body()).isEqualTo(200);
  }

  @Test
  void differentSeedsAreGivenToTheChoicesOfOneRequest() throws Exception {
    with("n", "3,\"seed\":5");
    assertThat(house.model.asked.stream().map(r -> r.sampling().seed().getAsLong()))
        .containsExactlyInAnyOrder(5L, 6L, 7L);
  }

  @Test
  void llamaCppsOwnSamplingFieldsAreHonoured() throws Exception {
    with("top_k", "5,\"min_p\":0.1,\"repeat_penalty\":1.2");
    assertThat(house.model.asked.getFirst().sampling().topK()).isEqualTo(5);
    assertThat(house.model.asked.getFirst().sampling().minP()).isEqualTo(0.1);
    assertThat(house.model.asked.getFirst().sampling().repeatPenalty()).isEqualTo(1.2);
  }

  @Test
  void adaptersAreAskedForAsLlamaCppsServerHasItUnderTheirNames() throws Exception {
    with("lora", "[{\"id\":\"handbook-1\",\"scale\":0.5},{\"id\":\"tone\",\"scale\":-1}]");
    assertThat(house.model.asked.getFirst().adapters())
        .containsExactly(new AdapterUse("handbook-1", 0.5), new AdapterUse("tone", -1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"a\",\"scale\":1}",
        "[{\"id\":0,\"scale\":1}]",
        "[{\"id\":\"a\"}]",
        "[{\"id\":\"a\",\"scale\":1,\"more\":2}]",
        "[{\"id\":\"a\",\"scale\":1000}]",
        "[{\"id\":\"a\",\"scale\":1},{\"id\":\"a\",\"scale\":1}]"
      })
  void adaptersThatCannotBeMeantAreRefusedByTheFieldsName(String lora) throws Exception {
    HttpResponse<String> answer = with("lora", lora);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(House.JSON.readTree(answer.body()).path("error").path("param").asString())
        .isEqualTo("lora");
    assertThat(house.model.asked).isEmpty();
  }

  @Test
  void theSamplersOfLlamaCppAndVllmAreHonoured() throws Exception {
    with(
        "top_k",
        "-1,\"typical_p\":0.9,\"xtc_probability\":0.5,\"xtc_threshold\":0.2,\"repetition_penalty\":1.1,"
            + "\"dry_multiplier\":0.8,\"dry_base\":2,\"dry_allowed_length\":3,\"dry_penalty_last_n\":-1,"
            + "\"dry_sequence_breakers\":[\"\\n\"]");
    Sampling asked = house.model.asked.getFirst().sampling();
    assertThat(asked.topK()).isZero();
    assertThat(asked.typicalP()).isEqualTo(0.9);
    assertThat(asked.xtc()).isEqualTo(new Sampling.Xtc(0.5, 0.2));
    assertThat(asked.repeatPenalty()).isEqualTo(1.1);
    assertThat(asked.repeatLastN()).isEqualTo(-1);
    assertThat(asked.dry()).isEqualTo(new Sampling.Dry(0.8, 2, 3, -1, List.of("\n")));
    house.model.asked.clear();
    with("mirostat", "2,\"mirostat_tau\":4,\"mirostat_eta\":0.2");
    assertThat(house.model.asked.getFirst().sampling().mirostat())
        .isEqualTo(new Sampling.Mirostat(2, 4, 0.2));
    house.model.asked.clear();
    with("repeat_penalty", "1.2,\"repeat_last_n\":8");
    assertThat(house.model.asked.getFirst().sampling().repeatLastN()).isEqualTo(8);
  }

  @Test
  void aFormIsAskedForUnderTheNamesOfOpenAiLlamaCppAndVllm() throws Exception {
    Map<String, ResponseFormat> formats = new TreeMap<>();
    formats.put("response_format\":{\"type\":\"text\"},\"x", ResponseFormat.FREE);
    formats.put(
        "response_format\":{\"type\":\"json_object\"},\"x", new ResponseFormat.JsonObject());
    formats.put("grammar\":\"root ::= \\\"a\\\"\",\"x", new ResponseFormat.Gbnf("root ::= \"a\""));
    formats.put("json_schema\":{},\"x", new ResponseFormat.JsonSchema("", "{}"));
    formats.put("structured_outputs\":{\"regex\":\"a+\"},\"x", new ResponseFormat.Regex("a+"));
    formats.put(
        "structured_outputs\":{\"choice\":[\"a\",\"b\"]},\"x",
        new ResponseFormat.OneOf(List.of("a", "b")));
    for (Map.Entry<String, ResponseFormat> format : formats.entrySet()) {
      house.model.asked.clear();
      String field = format.getKey().substring(0, format.getKey().indexOf('"'));
      String json = format.getKey().substring(field.length() + 2);
      HttpResponse<String> response = with(field, json.substring(0, json.length() - 3));
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(house.model.asked.getFirst().format()).isEqualTo(format.getValue());
    }
  }

  @Test
  void aFormAskedForWronglyIsRefusedByName() throws Exception {
    Map<String, String> wrong = new TreeMap<>();
    wrong.put("{\"type\":\"json_schema\"}", "response_format.json_schema");
    wrong.put(
        "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{}}}",
        "response_format.json_schema.name");
    wrong.put(
        "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\"}}",
        "response_format.json_schema.schema");
    wrong.put(
        "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n n\",\"schema\":{}}}",
        "response_format.json_schema.name");
    wrong.put(
        "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{},\"colour\":1}}",
        "response_format.json_schema.colour");
    wrong.put("{\"type\":\"text\",\"schema\":{}}", "response_format.schema");
    wrong.put("{\"type\":\"json_object\"},\"grammar\":\"root ::= \\\"a\\\"\"", "grammar");
    wrong.put("null,\"structured_outputs\":{}", "structured_outputs");
    wrong.put("null,\"structured_outputs\":{\"ebnf\":\"\"}", "structured_outputs.ebnf");
    for (Map.Entry<String, String> format : wrong.entrySet()) {
      HttpResponse<String> response = with("response_format", format.getKey());
      assertThat(response.statusCode()).as(format.getKey()).isEqualTo(400);
      assertThat(House.json(response).at("/error/param").asString())
          .as(response.body())
          .isEqualTo(format.getValue());
    }
    assertThat(house.model.asked).isEmpty();
  }

  @Test
  void theCacheScopeIsThePrincipals() throws Exception {
    with("n", "1");
    assertThat(house.model.asked.getFirst().cacheScope()).isEqualTo(house.anna.principal().id());
  }
}
