package dev.freehold.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// What is sent to each kind of server, and what is refused by name before anything is.
class DialectTest {

  private static final ChatRequest TALK =
      ChatRequest.of(
              new Message.System("Be brief."),
              new Message.User("Hello"),
              new Message.Assistant("Hi"),
              new Message.User("Bye"))
          .withMaxTokens(5);

  @TempDir Path home;

  private static Sampling sampling(String field) {
    return new Sampling(
        1,
        field.equals("top_k") ? 40 : 0,
        1,
        field.equals("min_p") ? 0.05 : 0,
        field.equals("repeat_penalty") ? 1.1 : 1,
        field.equals("presence_penalty") ? 0.5 : 0,
        field.equals("frequency_penalty") ? 0.5 : 0,
        field.equals("seed") ? OptionalLong.of(7) : OptionalLong.empty());
  }

  private static ChatRequest with(String field) {
    return field.equals("logprobs") ? TALK.withTopLogprobs(2) : TALK.withSampling(sampling(field));
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void everyFieldIsSentOrRefusedByName(Dialect dialect) throws IOException {
    Map<String, Dialect.Field> fields =
        Map.of(
            "top_k", Dialect.Field.TOP_K,
            "min_p", Dialect.Field.MIN_P,
            "repeat_penalty", Dialect.Field.REPEAT_PENALTY,
            "presence_penalty", Dialect.Field.PENALTIES,
            "frequency_penalty", Dialect.Field.PENALTIES,
            "seed", Dialect.Field.SEED,
            "logprobs", Dialect.Field.LOGPROBS);
    Wire wire = Added.upstream("up", dialect, URI.create("http://127.0.0.1:1")).wire();
    JsonNode plain = wire.body("m", TALK);
    fields.forEach((name, field) -> {
      if (dialect.honours(field)) {
        assertThat(wire.body("m", with(name))).as(name).isNotEqualTo(plain);
      } else {
        assertThatThrownBy(() -> wire.body("m", with(name)))
            .isInstanceOfSatisfying(
                InvalidRequest.class, e -> assertThat(e.field()).isEqualTo(name));
      }
    });
    assertThatThrownBy(() -> wire.body("m", TALK.withPrompt(new Prompt.Text("Once upon a time"))))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("prompt"));
    List<String> seventeen = java.util.Collections.nCopies(dialect.stops(), "x");
    assertThat(wire.body("m", TALK.withStop(seventeen))).isNotEqualTo(plain);
    if (dialect.stops() < 16) {
      assertThatThrownBy(() ->
              wire.body(
                  "m", TALK.withStop(java.util.Collections.nCopies(dialect.stops() + 1, "x"))))
          .isInstanceOfSatisfying(
              InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("stop"));
    }
  }

  @Test
  void openAiIsAskedAsItsApiHasIt() throws IOException {
    try (var server = new ScriptedServer(Talking.openAi())) {
      ChatAnswer answer = Added.model(home, Dialect.OPENAI, server).answer(TALK);
      assertThat(answer.text()).isEqualTo("word0 word1 word2 word3 word4 ");
      assertThat(answer.usage()).isEqualTo(new ChatEvent.Usage(7, 3, 5));
      ScriptedServer.Asked asked = server.asked.getFirst();
      assertThat(asked.method() + " " + asked.path()).isEqualTo("POST /v1/chat/completions");
      assertThat(asked.headers()).containsEntry("authorization", "Bearer sk-test-0123456789");
      assertThat(asked.headers()).containsEntry("content-type", "application/json");
      assertThat(Json.read(asked.body()))
          .isEqualTo(
              Json.read(
                  """
                  {"model":"some-model","stream":true,"stream_options":{"include_usage":true},
                   "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello"},
                    {"role":"assistant","content":"Hi"},{"role":"user","content":"Bye"}],
                   "max_completion_tokens":5}
                  """));
    }
  }

  @Test
  void azureIsAskedForADeploymentWithItsOwnHeader() throws IOException {
    try (var server = new ScriptedServer(Talking.openAi())) {
      Upstreams upstreams =
          Added.one(home, Dialect.AZURE, URI.create("http://127.0.0.1:" + server.port()));
      upstreams.model("up/my deployment").answer(TALK);
      ScriptedServer.Asked asked = server.asked.getFirst();
      assertThat(asked.path())
          .isEqualTo("/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21");
      assertThat(asked.headers())
          .containsEntry("api-key", "sk-test-0123456789")
          .doesNotContainKey("authorization");
      assertThat(Json.read(asked.body()).has("model")).isFalse();
    }
  }

  @Test
  void anthropicIsAskedAsItsApiHasIt() throws IOException {
    try (var server = new ScriptedServer(Talking.anthropic())) {
      Upstreams upstreams =
          Added.one(home, Dialect.ANTHROPIC, URI.create("http://127.0.0.1:" + server.port()));
      ChatAnswer answer = upstreams.model("up/claude").answer(TALK.withStop(List.of("END")));
      assertThat(answer.usage()).isEqualTo(new ChatEvent.Usage(7, 2, 5));
      ScriptedServer.Asked asked = server.asked.getFirst();
      assertThat(asked.path()).isEqualTo("/v1/messages");
      assertThat(asked.headers())
          .containsEntry("x-api-key", "sk-test-0123456789")
          .containsEntry("anthropic-version", "2023-06-01");
      assertThat(Json.read(asked.body()))
          .isEqualTo(
              Json.read(
                  """
                  {"model":"claude","stream":true,"max_tokens":5,
                   "messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Hi"},
                    {"role":"user","content":"Bye"}],
                   "system":"Be brief.","stop_sequences":["END"]}
                  """));
      assertThatThrownBy(() ->
              upstreams
                  .model("up/claude")
                  .answer(ChatRequest.of(new Message.User("a"), new Message.System("b"))))
          .isInstanceOfSatisfying(
              InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("messages[1].role"));
      assertThatThrownBy(() ->
              upstreams
                  .model("up/claude")
                  .answer(TALK.withSampling(Sampling.DEFAULT.withTemperature(1.5))))
          .isInstanceOfSatisfying(
              InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("temperature"));
    }
  }

  @Test
  void anthropicStreamsThatFailAreErrors() throws IOException {
    String start =
        "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1}}}\n\n";
    String text =
        "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"x\"}}\n\n";
    for (String body :
        List.of(
            start + text,
            text,
            start + text + "data: {\"type\":\"message_stop\"}\n\n",
            start
                + "event: error\ndata: {\"type\":\"error\",\"error\":{\"message\":\"Overloaded\"}}\n\n",
            start
                + "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\"}}\n\n"
                + "data: {\"type\":\"message_stop\"}\n\n",
            start
                + "data: {\"type\":\"content_block_start\",\"content_block\":{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"weather\"}}\n\n",
            start
                + "data: {\"type\":\"content_block_start\",\"content_block\":{\"type\":\"image\"}}\n\n",
            start
                + "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}}\n\n",
            start
                + "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"}}\n\n"
                + "data: {\"type\":\"message_stop\"}\n\n")) {
      try (var server = new ScriptedServer(ScriptedServer.stream(body))) {
        Upstreams upstreams = Upstreams.in(home, Added.SHORT);
        upstreams.add(Added.upstream("a", Dialect.ANTHROPIC, server.base()), Optional.empty());
        assertThatThrownBy(() -> upstreams.model("a/claude").answer(TALK))
            .as(body)
            .isInstanceOf(dev.freehold.chat.Unavailable.class);
        upstreams.remove("a");
      }
    }
  }

  private static ChatRequest withTools() {
    return ChatRequest.of(
        new Prompt.Conversation(
                List.of(
                    new Message.User("Weather?"),
                    new Message.Assistant(
                        "", "", List.of(new ToolCall("c1", "weather", "{\"in\":\"Bern\"}"))),
                    new Message.Tool("c1", "Rain")))
            .withToolUse(
                new ToolUse(
                    List.of(new Tool("weather", "Tells it", Tool.NO_PARAMETERS, true)),
                    new ToolChoice.Named("weather"),
                    false)));
  }

  @Test
  void toolsAreOfferedCalledAndAnswered() throws IOException {
    String first =
        "{\"index\":0,\"id\":\"c2\",\"function\":{\"name\":\"weather\",\"arguments\":\"\"}}";
    String rest = "{\"index\":0,\"function\":{\"arguments\":\"{\\\"in\\\":1}\"}}";
    String chunk =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[%s]},\"finish_reason\":%s}]}\n\n";
    String usage =
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\ndata: [DONE]\n\n";
    try (var server =
        new ScriptedServer(
            ScriptedServer.stream(
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"Hm\"}}]}\n\n"
                    + chunk.formatted(first, "null")
                    + chunk.formatted(rest, "\"tool_calls\"")
                    + usage))) {
      ChatAnswer answer = Added.model(home, Dialect.VLLM, server).answer(withTools());
      assertThat(answer.toolCalls()).containsExactly(new ToolCall("c2", "weather", "{\"in\":1}"));
      assertThat(answer.reasoning()).isEqualTo("Hm");
      assertThat(answer.reason()).isEqualTo(ChatEvent.FinishReason.TOOL_CALLS);
      JsonNode body = Json.read(server.asked.getFirst().body());
      assertThat(body.get("messages"))
          .isEqualTo(
              Json.read(
                  """
                  [{"role":"user","content":"Weather?"},
                   {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\\"in\\":\\"Bern\\"}"}}]},
                   {"role":"tool","tool_call_id":"c1","content":"Rain"}]
                  """));
      assertThat(body.get("tools"))
          .isEqualTo(
              Json.read(
                  """
                  [{"type":"function","function":{"name":"weather","description":"Tells it","parameters":{"type":"object","properties":{}},"strict":true}}]
                  """));
      assertThat(body.at("/tool_choice/function/name").stringValue()).isEqualTo("weather");
      assertThat(body.get("parallel_tool_calls").booleanValue()).isFalse();
      // Whole calls without numbers, as some servers send them.
      String whole = "{\"id\":\"%s\",\"function\":{\"name\":\"weather\",\"arguments\":\"{}\"}}";
      server.script(
          ScriptedServer.stream(
              chunk.formatted(whole.formatted("a") + "," + whole.formatted("b"), "\"stop\"")
                  + usage));
      ChatAnswer two = Upstreams.in(home, Added.SHORT).model("up/m").answer(withTools());
      assertThat(two.toolCalls()).extracting(ToolCall::id).containsExactly("a", "b");
      assertThat(two.reason()).isEqualTo(ChatEvent.FinishReason.TOOL_CALLS);
    }
  }

  @Test
  void logProbabilitiesArePassedOn() throws IOException {
    try (var server =
        new ScriptedServer(
            ScriptedServer.stream(
                """
                data: {"choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":{"content":[{"token":"Hi","bytes":[72,105],"logprob":-0.5,"top_logprobs":[{"token":"Ho","bytes":null,"logprob":-1.5}]}]}}]}

                data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

                data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}

                data: [DONE]

                """))) {
      ChatAnswer answer = Added.model(home, Dialect.VLLM, server).answer(TALK.withTopLogprobs(1));
      assertThat(answer.logprobs()).hasSize(1);
      assertThat(answer.logprobs().getFirst().logprob()).isEqualTo(-0.5);
      assertThat(answer.logprobs().getFirst().bytes()).containsExactly(72, 105);
      assertThat(answer.logprobs().getFirst().top().getFirst().token()).isEqualTo("Ho");
    }
  }

  @Test
  void modelsAreListedWithTheDayTheyEnd() throws IOException {
    try (var server =
        new ScriptedServer(
            ScriptedServer.json(
                """
                {"object":"list","data":[{"id":"gpt-old","shutdown_date":"2027-03-01"},
                 {"id":"gpt-older","shutdown_date":1767225600},{"id":"local","max_model_len":8192},{"id":""}]}
                """))) {
      Upstreams upstreams = Added.one(home, Dialect.OPENAI, server.base());
      upstreams.refresh("up");
      List<ModelCard> cards = upstreams.cards();
      assertThat(cards)
          .extracting(ModelCard::name)
          .containsExactly("up/gpt-old", "up/gpt-older", "up/local");
      assertThat(cards.get(0).shutdown()).hasValue(LocalDate.of(2027, 3, 1));
      assertThat(cards.get(1).shutdown()).hasValue(LocalDate.of(2026, 1, 1));
      assertThat(cards.get(2).contextLength()).isEqualTo(8192);
      assertThat(Upstreams.in(home).cards()).as("another process sees them").isEqualTo(cards);
    }
  }

  @Test
  void namesAndKindsAreChecked() {
    Upstreams upstreams = Added.one(home, Dialect.OPENAI, URI.create("http://127.0.0.1:1"));
    assertThatThrownBy(() ->
            upstreams.add(
                Added.upstream("up", Dialect.VLLM, URI.create("http://127.0.0.1:2")),
                Optional.empty()))
        .isInstanceOf(Conflict.class);
    assertThatThrownBy(() -> Added.upstream("Up!", Dialect.VLLM, URI.create("http://127.0.0.1:2")))
        .isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> Dialect.of("gemini")).hasMessageContaining("anthropic");
    assertThatThrownBy(() -> upstreams.model("other/m")).isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> upstreams.remove("other")).isInstanceOf(NotFound.class);
    assertThat(upstreams.of("smollm2")).isEmpty();
    assertThat(upstreams.of("up/")).isEmpty();
    upstreams.remove("up");
    assertThat(upstreams.list()).isEmpty();
    assertThat(EnumSet.allOf(Dialect.class)).hasSize(9);
    assertThat(Set.of(Dialect.values()))
        .allSatisfy(one -> assertThat(Dialect.of(one.word())).isEqualTo(one));
  }
}
