package dev.freehold.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Tools over Anthropic's messages API: offered, called, answered, streamed as deltas. Requests and
/// events are written as its reference has them.
class AnthropicToolsTest {

  private static final Tool WEATHER =
      new Tool(
          "weather",
          "Tells it",
          "{\"type\":\"object\",\"properties\":{\"in\":{\"type\":\"string\"}}}",
          false);
  private static final String START =
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\n";

  @TempDir Path home;

  private static Prompt.Conversation talk(ToolChoice choice, boolean parallel) {
    return new Prompt.Conversation(
            List.of(
                new Message.System("Be brief."),
                new Message.User("Weather in Bern and Nice?"),
                new Message.Assistant(
                    "I look.",
                    "",
                    List.of(
                        new ToolCall("c1", "weather", "{\"in\":\"Bern\"}"),
                        new ToolCall("c2", "weather", "{\"in\":\"Nice\"}"))),
                new Message.Tool("c1", "Rain"),
                new Message.Tool("c2", "Sun"),
                new Message.User("And then?")))
        .withToolUse(new ToolUse(List.of(WEATHER), choice, parallel));
  }

  private static String block(String what) {
    return "data: {\"type\":\"content_block_%s}\n\n".formatted(what);
  }

  private static String call(int index, String id, String... pieces) {
    StringBuilder all =
        new StringBuilder(
            block(
                "start\",\"index\":%d,\"content_block\":{\"type\":\"tool_use\",\"id\":\"%s\",\"name\":\"weather\",\"input\":{}}"
                    .formatted(index, id)));
    for (String piece : pieces) {
      all.append(
          block(
              "delta\",\"index\":%d,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"%s\"}"
                  .formatted(index, piece)));
    }
    return all + block("stop\",\"index\":" + index);
  }

  private static String end(String reason) {
    return "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"%s\"},\"usage\":{\"output_tokens\":7}}\n\ndata: {\"type\":\"message_stop\"}\n\n"
        .formatted(reason);
  }

  @Test
  void callsAndResultsAreBlocksAndResultsOfOneTurnStandInOneMessage() throws IOException {
    try (var server = new ScriptedServer(ScriptedServer.stream(START + end("end_turn")))) {
      Added.one(home, Dialect.ANTHROPIC, URI.create("http://127.0.0.1:" + server.port()))
          .model("up/claude")
          .answer(ChatRequest.of(talk(new ToolChoice.Named("weather"), false)).withMaxTokens(5));
      JsonNode body = Json.read(server.asked.getFirst().body());
      assertThat(body)
          .isEqualTo(
              Json.read(
                  """
                  {"model":"claude","stream":true,"max_tokens":5,"messages":[
                    {"role":"user","content":"Weather in Bern and Nice?"},
                    {"role":"assistant","content":[{"type":"text","text":"I look."},
                      {"type":"tool_use","id":"c1","name":"weather","input":{"in":"Bern"}},
                      {"type":"tool_use","id":"c2","name":"weather","input":{"in":"Nice"}}]},
                    {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"Rain"},
                      {"type":"tool_result","tool_use_id":"c2","content":"Sun"},
                      {"type":"text","text":"And then?"}]}],
                   "system":"Be brief.",
                   "tools":[{"name":"weather","description":"Tells it",
                     "input_schema":{"type":"object","properties":{"in":{"type":"string"}}}}],
                   "tool_choice":{"type":"tool","name":"weather","disable_parallel_tool_use":true}}
                  """));
    }
  }

  @Test
  void eachChoiceHasItsWord() {
    Wire wire = Added.upstream("up", Dialect.ANTHROPIC, URI.create("http://127.0.0.1:1")).wire();
    assertThat(wire.body("m", ChatRequest.of(talk(new ToolChoice.Auto(), true))).get("tool_choice"))
        .isEqualTo(Json.read("{\"type\":\"auto\"}"));
    assertThat(
            wire.body("m", ChatRequest.of(talk(new ToolChoice.Required(), true)))
                .get("tool_choice"))
        .isEqualTo(Json.read("{\"type\":\"any\"}"));
    assertThat(wire.body("m", ChatRequest.of(talk(new ToolChoice.None(), true))).has("tools"))
        .isFalse();
  }

  @Test
  void callsAreStreamedAsTheyAreWritten() throws IOException {
    String text =
        block("start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}")
            + block("delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"I look.\"}")
            + block("stop\",\"index\":0");
    try (var server =
        new ScriptedServer(
            ScriptedServer.stream(
                START
                    + text
                    + call(1, "t1", "", "{\\\"in\\\":", "\\\"Bern\\\"}")
                    + call(2, "t2")
                    + end("tool_use")))) {
      List<ChatEvent> events = new ArrayList<>();
      try (ChatStream stream =
          Added.one(home, Dialect.ANTHROPIC, URI.create("http://127.0.0.1:" + server.port()))
              .model("up/claude")
              .stream(ChatRequest.of(talk(new ToolChoice.Auto(), true)))) {
        while (stream.hasNext()) {
          events.add(stream.next());
        }
      }
      assertThat(events)
          .containsExactly(
              new ChatEvent.Text("I look.", List.of()),
              new ChatEvent.ToolCallBegun(0, "t1", "weather"),
              new ChatEvent.ToolCallArguments(0, "{\"in\":"),
              new ChatEvent.ToolCallArguments(0, "\"Bern\"}"),
              new ChatEvent.ToolCallBegun(1, "t2", "weather"),
              new ChatEvent.ToolCallArguments(1, "{}"),
              new ChatEvent.Finished(
                  ChatEvent.FinishReason.TOOL_CALLS, new ChatEvent.Usage(9, 0, 7)));
      ChatAnswer answer =
          Upstreams.in(home, Added.SHORT)
              .model("up/claude")
              .answer(ChatRequest.of(talk(new ToolChoice.Auto(), true)));
      assertThat(answer.toolCalls())
          .extracting(ToolCall::arguments)
          .containsExactly("{\"in\":\"Bern\"}", "{}");
    }
  }

  @Test
  void whatMakesNoSenseIsAnErrorOrRefusedByName() throws IOException {
    Wire wire = Added.upstream("up", Dialect.ANTHROPIC, URI.create("http://127.0.0.1:1")).wire();
    Tool strict = new Tool("weather", "", Tool.NO_PARAMETERS, true);
    assertThatThrownBy(() ->
            wire.body(
                "m",
                ChatRequest.of(
                    new Prompt.Conversation(List.of(new Message.User("x")))
                        .withToolUse(ToolUse.auto(List.of(strict))))))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("tools[0].function.strict"));
    ChatRequest loose =
        ChatRequest.of(
            new Prompt.Conversation(
                List.of(
                    new Message.User("x"),
                    new Message.Assistant("", "", List.of(new ToolCall("c", "weather", "Bern"))),
                    new Message.Tool("c", "Rain"))));
    assertThatThrownBy(() -> wire.body("m", loose))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            e -> assertThat(e.field()).isEqualTo("messages[1].tool_calls[0].function.arguments"));
    String cut = call(0, "t1", "{");
    for (String body :
        List.of(
            START
                + cut.substring(0, cut.indexOf("data: {\"type\":\"content_block_stop"))
                + end("tool_use"),
            START + end("tool_use"),
            START
                + block(
                    "delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}"),
            START
                + block(
                    "start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\"}"),
            START + block("start\",\"index\":0,\"content_block\":{\"type\":\"image\"}"))) {
      try (var server = new ScriptedServer(ScriptedServer.stream(body))) {
        Upstreams upstreams = Upstreams.in(home, Added.SHORT);
        upstreams.add(
            Added.upstream("a", Dialect.ANTHROPIC, server.base()), java.util.Optional.empty());
        assertThatThrownBy(() ->
                upstreams
                    .model("a/claude")
                    .answer(ChatRequest.of(talk(new ToolChoice.Auto(), true))))
            .as(body)
            .isInstanceOf(Unavailable.class);
        upstreams.remove("a");
      }
    }
  }
}
