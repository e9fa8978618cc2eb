package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.ChatAnswer;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ReasoningEffort;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import dev.freehold.fixture.DefaultModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real default model under a template with tools and thinking, which it was never taught: it
/// calls because it is held to, or not at all.
class ToolsOfRealModelTest {

  private static final String TEMPLATE =
      """
      {%- if tools %}<|im_start|>system
      {% for tool in tools %}{{ tool.function | tojson }}
      {% endfor %}Call one like this: <tool_call>{"name": "…", "arguments": {…}}</tool_call><|im_end|>
      {% endif %}{% for m in messages %}<|im_start|>{{ m.role }}
      {{ m.content or '' }}{% for call in m.tool_calls or [] %}<tool_call>
      {{ {'name': call.function.name, 'arguments': call.function.arguments} | tojson }}
      </tool_call>{% endfor %}<|im_end|>
      {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
      {% if enable_thinking is defined and enable_thinking %}<think>
      {% endif %}{% endif %}{# </think> #}\
      """;

  private static final Tool WEATHER =
      new Tool(
          "get_weather",
          "The weather in a city.",
          """
          {"type":"object","properties":{"city":{"type":"string","maxLength":30},"unit":{"enum":["C","F"]},"days":{"type":"integer","minimum":1,"maximum":7}},"required":["city","unit","days"],"additionalProperties":false}\
          """,
          true);
  private static final Tool TIME = new Tool("get_time", "The time.", Tool.NO_PARAMETERS, false);

  @TempDir private static Path folder;
  private static LocalChatModel model;

  @BeforeAll
  static void open() {
    model =
        LocalChatModel.open(
            DefaultModel.withTemplate(folder.resolve("tools.gguf"), TEMPLATE),
            EngineConfiguration.standard().withContextLength(1024));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static ChatRequest ask(String question, ToolUse tools) {
    return ChatRequest.of(
            new Prompt.Conversation(List.of(new Message.User(question))).withToolUse(tools))
        .withSampling(Sampling.GREEDY)
        .withMaxTokens(120);
  }

  private static void held(String arguments) {
    assertThat(arguments)
        .matches(
            "\\{\\s*\"city\": ?\"[^\"]{0,30}\",\\s*\"unit\": ?\"[CF]\",\\s*\"days\": ?[1-7]\\s*\\}");
  }

  @Test
  void aCallThatMustComeComesAndIsStreamed() {
    ToolUse tools = new ToolUse(List.of(WEATHER, TIME), new ToolChoice.Named("get_weather"), true);
    List<ChatEvent> events = new ArrayList<>();
    try (ChatStream stream = model.stream(ask("How is the weather in Paris?", tools))) {
      stream.forEachRemaining(events::add);
    }
    assertThat(events).filteredOn(ChatEvent.ToolCallBegun.class::isInstance).hasSize(1);
    assertThat(events)
        .filteredOn(ChatEvent.ToolCallArguments.class::isInstance)
        .hasSizeGreaterThan(5);
    var arguments = new StringBuilder();
    events.forEach(event -> {
      if (event instanceof ChatEvent.ToolCallArguments piece) {
        arguments.append(piece.text());
      }
    });
    held(arguments.toString());
    assertThat(((ChatEvent.Finished) events.getLast()).reason())
        .isEqualTo(ChatEvent.FinishReason.TOOL_CALLS);
  }

  @Test
  void whateverTheTemperatureRequiredCallsAreValid() {
    ToolUse tools = new ToolUse(List.of(WEATHER, TIME), new ToolChoice.Required(), false);
    for (int seed = 0; seed < 6; seed++) {
      ChatAnswer answer =
          model.answer(
              ask("How is the weather in Paris?", tools)
                  .withSampling(Sampling.DEFAULT.withTemperature(1.5).withSeed(seed)));
      assertThat(answer.toolCalls()).hasSize(1);
      assertThat(answer.text()).isEmpty();
      if (answer.toolCalls().getFirst().name().equals("get_time")) {
        assertThat(answer.toolCalls().getFirst().arguments()).matches("\\{\\s*}");
      } else {
        held(answer.toolCalls().getFirst().arguments());
      }
    }
  }

  @Test
  void aModelThatIsNotMadeToCallSpeaksAsItWould() {
    String free =
        model.answer(ask("What is the capital of France?", ToolUse.auto(List.of(TIME)))).text();
    Tool strict = new Tool(TIME.name(), TIME.description(), TIME.parameters(), true);
    ChatAnswer held =
        model.answer(ask("What is the capital of France?", ToolUse.auto(List.of(strict))));
    assertThat(free).isNotEmpty();
    if (held.toolCalls().isEmpty()) {
      assertThat(held.text()).isEqualTo(free);
    }
  }

  @Test
  void thoughtsAreFreeAndTheAnswerIsHeld() {
    String schema =
        "{\"type\":\"object\",\"properties\":{\"capital\":{\"type\":\"string\",\"maxLength\":20}},\"required\":[\"capital\"],\"additionalProperties\":false}";
    var conversation =
        new Prompt.Conversation(List.of(new Message.User("What is the capital of France?")));
    for (Optional<ReasoningEffort> effort :
        List.of(Optional.of(ReasoningEffort.MEDIUM), Optional.of(ReasoningEffort.NONE))) {
      ChatAnswer answer =
          model.answer(
              ChatRequest.of(effort.map(conversation::withEffort).orElse(conversation))
                  .withSampling(Sampling.GREEDY)
                  .withMaxTokens(80)
                  .withFormat(new ResponseFormat.JsonSchema("capital", schema)));
      assertThat(answer.text()).matches("\\{\\s*\"capital\": ?\"[^\"]*\"\\s*}");
      boolean thinks = effort.equals(Optional.of(ReasoningEffort.MEDIUM));
      assertThat(answer.reasoning().isEmpty()).isEqualTo(!thinks);
      assertThat(answer.usage().reasoningTokens() > 0).isEqualTo(thinks);
    }
  }

  @Test
  void besideToolsAnAnswerIsACallOrOfTheForm() {
    String schema =
        "{\"type\":\"object\",\"properties\":{\"capital\":{\"type\":\"string\",\"maxLength\":20}},\"required\":[\"capital\"],\"additionalProperties\":false}";
    for (int seed = 0; seed < 4; seed++) {
      ChatAnswer answer =
          model.answer(
              ask("What is the capital of France?", ToolUse.auto(List.of(WEATHER, TIME)))
                  .withFormat(new ResponseFormat.JsonSchema("capital", schema))
                  .withSampling(Sampling.DEFAULT.withTemperature(1.5).withSeed(seed)));
      if (answer.toolCalls().isEmpty()) {
        assertThat(answer.text()).matches("\\{\\s*\"capital\": ?\"[^\"]*\"\\s*}");
      } else {
        assertThat(answer.text()).isEmpty();
      }
    }
  }

  @Test
  void aStrictSchemaThatCannotBeKeptIsRefusedByNameAndALooseOneIsNot() {
    String schema =
        "{\"type\":\"object\",\"properties\":{\"x\":{\"not\":{}}},\"required\":[\"x\"]}";
    var strict = new Tool("f", "", schema, true);
    assertThatThrownBy(() -> model.answer(ask("?", ToolUse.auto(List.of(strict)))))
        .isInstanceOfSatisfying(InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("tools"))
        .hasMessageContaining("parameters of f")
        .hasMessageContaining("/properties/x/not");
    var loose = new Tool("f", "", schema, false);
    ChatAnswer answer =
        model.answer(
            ask("Call it.", new ToolUse(List.of(loose), new ToolChoice.Required(), false))
                .withMaxTokens(60));
    assertThat(answer.toolCalls()).hasSize(1);
    assertThat(answer.toolCalls().getFirst().arguments()).startsWith("{").endsWith("}");
  }
}
