package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import dev.freehold.fixture.DefaultModel;
import dev.freehold.model.answer.AnswerFormat;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Tokens of the default model's vocabulary that spell answers with thinking and calls.
class AnswerEventsTest {

  private static final AnswerFormat HERMES =
      AnswerFormat.of("tool_calls <tool_call></tool_call><think></think>");
  private static final Tool TOOL = new Tool("f", "", Tool.NO_PARAMETERS, false);
  private static final String CALL =
      "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>\n";

  private static Tokenizer tokenizer;

  @BeforeAll
  static void read() {
    try (GgufFile file = GgufFile.open(DefaultModel.path())) {
      tokenizer = Tokenizer.read(file.metadata());
    }
  }

  private final List<String> told = new ArrayList<>();
  private final List<String> scored = new ArrayList<>();

  private void tell(ChatEvent event) {
    switch (event) {
      case ChatEvent.Reading _, ChatEvent.Finished _ -> throw new AssertionError(event);
      case ChatEvent.Text text -> {
        told.add("text " + text.text());
        text.logprobs().forEach(logprob -> scored.add(logprob.token()));
      }
      case ChatEvent.Reasoning reasoning -> told.add("reasoning " + reasoning.text());
      case ChatEvent.ToolCallBegun call -> {
        assertThat(call.id()).matches("call_[0-9a-f]{24}");
        told.add("call %d %s".formatted(call.index(), call.name()));
      }
      case ChatEvent.ToolCallArguments piece ->
          told.add("arguments %d %s".formatted(piece.index(), piece.text()));
    }
  }

  /// How many tokens were read of an answer until it ended itself.
  private int read(String answer, List<String> stops, boolean parallel, AnswerEvents[] events) {
    var toolUse = new ToolUse(List.of(TOOL), new ToolChoice.Auto(), parallel);
    var asked = new Prompt.Conversation(List.of(new Message.User("?"))).withToolUse(toolUse);
    events[0] = new AnswerEvents(asked, stops, HERMES, tokenizer, "", false, this::tell);
    int count = 0;
    for (int token : tokenizer.encode(answer)) {
      count++;
      byte[] bytes = tokenizer.bytes(token);
      var logprob = new ChatEvent.TokenLogprob(tokenizer.decode(token), bytes, -1, List.of());
      if (events[0].append(token, logprob)) {
        break;
      }
    }
    events[0].end();
    return count;
  }

  private String joined(String kind) {
    var text = new StringBuilder();
    told.stream()
        .filter(line -> line.startsWith(kind + " "))
        .forEach(line -> text.append(line.substring(kind.length() + 1)));
    return text.toString();
  }

  @Test
  void thinkingWordsAndCallsComeAsEventsOfTheirOwn() {
    AnswerEvents[] events = new AnswerEvents[1];
    read("<think>\nIt may rain.\n</think>\n\nI look. " + CALL + CALL, List.of(), true, events);
    assertThat(joined("reasoning")).isEqualTo("It may rain.");
    assertThat(joined("text")).isEqualTo("I look.");
    assertThat(told)
        .filteredOn(line -> line.startsWith("call"))
        .containsExactly("call 0 f", "call 1 f");
    assertThat(joined("arguments 0")).isEqualTo("{\"a\": 1}");
    assertThat(joined("arguments 1")).isEqualTo("{\"a\": 1}");
    // Streamed, not in one lump.
    assertThat(told).filteredOn(line -> line.startsWith("arguments 0")).hasSizeGreaterThan(2);
    assertThat(events[0].called()).isTrue();
    assertThat(events[0].reasoningTokens()).isBetween(5, 12);
    assertThat(String.join("", scored)).contains("I look").doesNotContain("rain", "a\": 1");
  }

  @Test
  void oneCallEndsTheAnswerWhereSeveralAreNotAllowed() {
    AnswerEvents[] events = new AnswerEvents[1];
    int one = read(CALL + CALL, List.of(), false, events);
    assertThat(one).isLessThan(tokenizer.encode(CALL).length + 1);
    assertThat(told).filteredOn(line -> line.startsWith("call")).containsExactly("call 0 f");
    assertThat(events[0].called()).isTrue();
  }

  @Test
  void stopStringsAreLookedForInWhatIsSaidOnly() {
    AnswerEvents[] events = new AnswerEvents[1];
    read("<think>one STOP two</think>three STOP four " + CALL, List.of("STOP"), true, events);
    assertThat(joined("reasoning")).isEqualTo("one STOP two");
    assertThat(joined("text")).isEqualTo("three ");
    assertThat(events[0].called()).isFalse();
  }

  @Test
  void aCallThatBreaksOffIsNoReasonToCallIt() {
    AnswerEvents[] events = new AnswerEvents[1];
    read("<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": oops", List.of(), true, events);
    assertThat(told).contains("call 0 f");
    assertThat(joined("text")).isEqualTo("oops");
    assertThat(events[0].called()).isFalse();
  }
}
