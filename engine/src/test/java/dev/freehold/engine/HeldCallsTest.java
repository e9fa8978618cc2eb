package dev.freehold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.Tool;
import dev.freehold.chat.ToolChoice;
import dev.freehold.chat.ToolUse;
import dev.freehold.engine.grammar.AnswerGrammar;
import dev.freehold.engine.grammar.Automaton;
import dev.freehold.engine.grammar.Constraint;
import dev.freehold.engine.grammar.Lexicon;
import dev.freehold.engine.grammar.RandomSchemas;
import dev.freehold.fixture.DefaultModel;
import dev.freehold.model.answer.AnswerFormat;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.tokenizer.Tokenizer;
import dev.freehold.model.tokenizer.TokenizerDescription;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/// Calls written under a grammar, whatever the model wants: random tools, random logits at a
/// temperature of 1.5, the real vocabulary with each family's control tokens in it or without. Each
/// answer is read back by the reader that reads every answer, and its arguments are judged by a
/// validator that shares nothing with the engine.
class HeldCallsTest {

  /// Answers of each family and each kind of request; more with `-Dfreehold.calls=…`.
  private static final int ANSWERS = Integer.getInteger("freehold.calls", 3);

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  /// A family as its template shows it, and the markers that are tokens of its vocabulary.
  enum Family {
    HERMES("tool_calls <tool_call></tool_call>"),
    QWEN("tool_calls <tool_call></tool_call><think></think>", "<tool_call>", "</tool_call>"),
    THINKING(
        "tool_calls <tool_call></tool_call><think></think>",
        "<tool_call>",
        "</tool_call>",
        "<think>",
        "</think>"),
    CODER("tool_calls <tool_call><function=<parameter=", "<tool_call>", "</tool_call>"),
    SPELT_CODER("tool_calls <tool_call><function=<parameter="),
    MISTRAL_LIST("tool_calls [TOOL_CALLS]", "[TOOL_CALLS]"),
    MISTRAL_NAMED("tool_calls [TOOL_CALLS][ARGS]", "[TOOL_CALLS]", "[ARGS]", "[CALL_ID]"),
    LLAMA("tool_calls <|python_tag|>", "<|python_tag|>"),
    HARMONY(
        "<|channel|><|message|>",
        "<|channel|>",
        "<|message|>",
        "<|start|>",
        "<|end|>",
        "<|call|>",
        "<|return|>",
        "<|constrain|>"),
    GEMMA("tool_calls <|tool_call>", "<|tool_call>", "<tool_call|>", "<|\"|>"),
    FUNCTION_GEMMA(
        "tool_calls <start_function_call>",
        "<start_function_call>",
        "<end_function_call>",
        "<escape>"),
    LFM("tool_calls <|tool_call_start|>", "<|tool_call_start|>", "<|tool_call_end|>"),
    GRANITE("tool_calls <|tool_call|>", "<|tool_call|>"),
    DEEPSEEK(
        "tool_calls <｜tool▁call▁begin｜>",
        "<｜tool▁call▁begin｜>",
        "<｜tool▁sep｜>",
        "<｜tool▁call▁end｜>",
        "<｜tool▁calls▁begin｜>",
        "<｜tool▁calls▁end｜>");

    private final String template;
    private final String markers;

    Family(String template, String... tokens) {
      this.template = template;
      this.markers = String.join("\n", tokens);
    }

    Opened open() {
      return OPENED.computeIfAbsent(
          this,
          _ -> {
            Tokenizer tokenizer =
                tokenizer(markers.isEmpty() ? new String[0] : markers.split("\n"));
            return new Opened(AnswerFormat.of(template), tokenizer, Lexicon.of(tokenizer));
          });
    }

    /// The default model's, with its tokens for repositories and notebooks renamed.
    private static Tokenizer tokenizer(String... names) {
      try (GgufFile file = GgufFile.open(DefaultModel.path())) {
        TokenizerDescription it = TokenizerDescription.of(file.metadata());
        String[] tokens = it.tokens().clone();
        System.arraycopy(names, 0, tokens, 3, names.length);
        return Tokenizer.of(
            new TokenizerDescription(
                it.model(),
                it.pre(),
                tokens,
                it.types(),
                it.scores(),
                it.merges(),
                it.ids(),
                it.flags(),
                it.suppressed(),
                it.charsmap(),
                it.template()));
      }
    }
  }

  record Opened(AnswerFormat format, Tokenizer tokenizer, Lexicon lexicon) {}

  private static final Map<Family, Opened> OPENED = new ConcurrentHashMap<>();

  /// What was told of one answer.
  private static final class Told {
    final StringBuilder text = new StringBuilder();
    final StringBuilder reasoning = new StringBuilder();
    final List<String> names = new ArrayList<>();
    final Map<Integer, StringBuilder> arguments = new TreeMap<>();

    void tell(ChatEvent event) {
      switch (event) {
        case ChatEvent.Reading _, ChatEvent.Finished _ -> throw new AssertionError(event);
        case ChatEvent.Text piece -> text.append(piece.text());
        case ChatEvent.Reasoning piece -> reasoning.append(piece.text());
        case ChatEvent.ToolCallBegun call -> {
          assertThat(call.index()).isEqualTo(names.size());
          names.add(call.name());
          arguments.put(call.index(), new StringBuilder());
        }
        case ChatEvent.ToolCallArguments piece -> arguments.get(piece.index()).append(piece.text());
      }
    }
  }

  private static final float[] NOISE = noise();

  private static float[] noise() {
    var random = new Random(1);
    float[] row = new float[1 << 17];
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) (3 * random.nextGaussian());
    }
    return row;
  }

  private static Told answer(
      Family named, ToolUse tools, ResponseFormat form, int most, long seed) {
    return answer(named, tools, form, most, seed, "");
  }

  /// @param wish what the model wants to say, until it may not
  private static Told answer(
      Family named, ToolUse tools, ResponseFormat form, int most, long seed, String wish) {
    Opened family = named.open();
    var random = new Random(seed);
    var wanted = new AnswerGrammar.Wanted(family.format(), false, tools, form, false);
    Automaton automaton = AnswerGrammar.of(wanted, family.lexicon()).orElseThrow();
    int limit = Math.max(automaton.shortest(), most);
    var constraint = new Constraint(automaton, limit);
    var sampler = new Sampler(Sampling.DEFAULT.withTemperature(1.5).withSeed(seed), new int[0]);
    var told = new Told();
    var asked = new Prompt.Conversation(List.of(new Message.User("?"))).withToolUse(tools);
    var events =
        new AnswerEvents(
            asked, List.of(), family.format(), family.tokenizer(), "", false, told::tell);
    if (!(form instanceof ResponseFormat.Free)) {
      events.callsFirst();
    }
    var written = new ByteArrayOutputStream();
    boolean ended = false;
    int[] wished = family.tokenizer().encode(wish);
    int followed = 0;
    for (int left = limit; left > 0 && !ended && !constraint.complete(); left--) {
      int turn = random.nextInt(NOISE.length / 2);
      float[] logits =
          java.util.Arrays.copyOfRange(NOISE, turn, turn + family.tokenizer().vocabulary().size());
      if (followed < wished.length) {
        logits[wished[followed]] = 1000;
      }
      constraint.apply(logits, left);
      int token = sampler.next(logits);
      boolean follows = followed < wished.length && wished[followed] == token;
      followed = follows ? followed + 1 : wished.length;
      if (family.tokenizer().vocabulary().endsOfTurn().contains(token)) {
        break;
      }
      constraint.accept(token);
      written.writeBytes(
          family.tokenizer().vocabulary().isControl(token)
              ? family.tokenizer().vocabulary().text(token).getBytes(StandardCharsets.UTF_8)
              : family.tokenizer().bytes(token));
      ended = events.append(token, null);
    }
    events.end();
    String all = written.toString(StandardCharsets.UTF_8);
    assertThat(ended || constraint.accepts()).as(all).isTrue();
    assertThat(events.called()).as(all).isEqualTo(!told.names.isEmpty());
    for (int i = 0; i < told.names.size(); i++) {
      String name = told.names.get(i);
      Tool tool =
          tools.tools().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
      valid(tool.parameters(), told.arguments.get(i).toString(), all);
    }
    return told;
  }

  private static void valid(String schema, String json, String written) {
    Schema judge = REGISTRY.getSchema(schema);
    assertThat(
            judge.validate(
                json,
                InputFormat.JSON,
                context -> context.executionConfig(c -> c.formatAssertionsEnabled(true))))
        .as("schema %s, arguments %s, written %s", schema, json, written)
        .isEmpty();
  }

  private static List<Tool> tools(Random random, long seed) {
    var schemas = new RandomSchemas(seed);
    List<Tool> tools = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      String schema = random.nextInt(5) == 0 ? Tool.NO_PARAMETERS : schemas.nextNamed();
      tools.add(new Tool("do.it-%d_%d".formatted(seed % 7, i), "", schema, true));
    }
    return tools;
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void aCallThatMustComeIsValidAndReadBack(Family family) {
    for (int i = 0; i < ANSWERS; i++) {
      var random = new Random(i);
      List<Tool> tools = tools(random, i);
      ToolChoice choice =
          i % 3 == 0 ? new ToolChoice.Named(tools.getLast().name()) : new ToolChoice.Required();
      boolean parallel = i % 2 == 0;
      Told told =
          answer(family, new ToolUse(tools, choice, parallel), ResponseFormat.FREE, 60 + i % 50, i);
      assertThat(told.names).isNotEmpty();
      assertThat(told.text.toString()).isBlank();
      if (choice instanceof ToolChoice.Named(String name)) {
        assertThat(told.names).containsExactly(name);
      }
      if (!parallel) {
        assertThat(told.names).hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void aStrictCallThatTheModelBeginsIsHeld(Family family) {
    int called = 0;
    for (int i = 0; i < ANSWERS; i++) {
      List<Tool> tools = tools(new Random(i), i);
      Told told =
          answer(
              family,
              new ToolUse(tools, new ToolChoice.Auto(), i % 2 == 0),
              ResponseFormat.FREE,
              60 + i % 50,
              i);
      called += told.names.size();
    }
    assertThat(called).isBetween(0, 100 * ANSWERS);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void besideToolsWordsKeepTheirForm(Family family) {
    for (int i = 0; i < ANSWERS; i++) {
      List<Tool> tools = tools(new Random(i), i);
      String schema = new RandomSchemas(1000 + i).next();
      Told told =
          answer(
              family,
              new ToolUse(tools, new ToolChoice.Auto(), true),
              new ResponseFormat.JsonSchema("form", schema),
              80 + i % 50,
              i);
      if (told.names.isEmpty()) {
        valid(schema, told.text.toString(), told.text.toString());
      } else {
        assertThat(told.text.toString()).isBlank();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void afterThinkingTheAnswerKeepsItsForm(Family family) {
    int thought = 0;
    for (int i = 0; i < ANSWERS; i++) {
      String schema = new RandomSchemas(2000 + i).next();
      Told told =
          answer(
              family, ToolUse.NONE, new ResponseFormat.JsonSchema("form", schema), 80 + i % 50, i);
      thought += told.reasoning.isEmpty() ? 0 : 1;
      valid(schema, told.text.toString(), told.text.toString());
      assertThat(JsonMapper.shared().readTree(told.text.toString())).isNotNull();
    }
    assertThat(thought).isBetween(0, ANSWERS);
  }

  @Test
  void wordsAreFreeAndACallIsHeldFromItsMarkerOn() {
    String schema =
        "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"],\"additionalProperties\":false}";
    var tools =
        new ToolUse(List.of(new Tool("look", "", schema, true)), new ToolChoice.Auto(), false);
    for (String wrong :
        List.of(
            "{\"name\": \"look\", \"arguments\": {\"city\": 7}}",
            "{\"name\": \"other\", \"arguments\": {}}",
            "no JSON at all")) {
      Told told =
          answer(
              Family.HERMES,
              tools,
              ResponseFormat.FREE,
              150,
              3,
              "A < B, <tool> and <tool_cal too; I look. <tool_call>\n" + wrong);
      assertThat(told.text.toString()).isEqualTo("A < B, <tool> and <tool_cal too; I look.");
      assertThat(told.names).containsExactly("look");
    }
    // Of Llama's calls nothing tells but that they are first and have a name.
    Told other =
        answer(
            Family.LLAMA,
            tools,
            ResponseFormat.FREE,
            150,
            3,
            "{\"capital\": \"Paris\"} is the answer");
    assertThat(other.text.toString()).startsWith("{\"capital\": \"Paris\"} is the answer");
    Told called =
        answer(
            Family.LLAMA,
            tools,
            ResponseFormat.FREE,
            150,
            3,
            "{\"name\": \"look\", \"parameters\": {\"city\": 7}}");
    assertThat(called.names).containsExactly("look");
  }
}
