package dev.freehold.model.answer;

import dev.freehold.chat.Tool;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// How a model writes its thinking and its calls. The chat template decides: it shows the model its
/// own earlier turns in the form in which it was taught to write them.
///
/// @param calls the form of calls
/// @param thinking the markers around thinking
public record AnswerFormat(Calls calls, Thinking thinking) {

  /// Forms of calls.
  public enum Calls {
    /// The template shows none.
    NONE,
    /// Hermes, Qwen: `<tool_call>{"name": …, "arguments": …}</tool_call>`.
    HERMES,
    /// Qwen3-Coder: `<tool_call><function=…><parameter=…>…`.
    XML,
    /// Mistral: `[TOOL_CALLS]` and a list of objects, or `name[ARGS]{…}`.
    MISTRAL,
    /// Llama 3: a bare object, or one after `<|python_tag|>`.
    LLAMA,
    /// gpt-oss: messages on channels.
    HARMONY,
    /// Gemma 4: `<|tool_call>call:name{…}<tool_call|>`.
    GEMMA,
    /// FunctionGemma: `<start_function_call>call:name{…}<end_function_call>`.
    FUNCTION_GEMMA,
    /// LFM2: `<|tool_call_start|>[name(key="value")]<|tool_call_end|>`.
    PYTHONIC,
    /// Granite, Phi-4: `<|tool_call|>[{"name": …, "arguments": …}]`.
    LIST,
    /// DeepSeek: `<｜tool▁call▁begin｜>name<｜tool▁sep｜>{…}`.
    DEEPSEEK,
    /// The template shows calls in a form that is not read here.
    UNKNOWN
  }

  /// Markers around thinking.
  ///
  /// @param open before it; empty where the model does not think
  /// @param title a word after it that belongs to the marker
  /// @param close after it
  public record Thinking(String open, String title, String close) {
    static final Thinking NONE = new Thinking("", "", "");
  }

  /// No calls, no thinking.
  public static final AnswerFormat PLAIN = new AnswerFormat(Calls.NONE, Thinking.NONE);

  /// Keywords that admit more than texts where a schema names no type.
  private static final Set<String> STRUCTURED =
      Set.of("anyOf", "allOf", "$ref", "enum", "const", "items", "prefixItems", "properties");

  private static final NamedCall.Form MISTRAL =
      new NamedCall.Form("[TOOL_CALLS]", Set.of("[ARGS]", "[CALL_ID]"), Set.of(), true);
  private static final NamedCall.Form DEEPSEEK =
      new NamedCall.Form(
          "<｜tool▁call▁begin｜>",
          Set.of("<｜tool▁sep｜>"),
          Set.of("<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>", "<｜tool▁calls▁begin｜>"),
          false);

  /// The format a template shows.
  ///
  /// @param template its text
  public static AnswerFormat of(String template) {
    return new AnswerFormat(calls(template), thinking(template));
  }

  private static Calls calls(String template) {
    if (template.contains(Harmony.CHANNEL) && template.contains(Harmony.MESSAGE)) {
      return Calls.HARMONY;
    }
    if (!template.contains("tool_calls")) {
      return Calls.NONE;
    }
    if (template.contains("<|tool_call>")) {
      return Calls.GEMMA;
    }
    if (template.contains("<start_function_call>")) {
      return Calls.FUNCTION_GEMMA;
    }
    if (template.contains(MISTRAL.open())) {
      return Calls.MISTRAL;
    }
    if (template.contains(DEEPSEEK.open())) {
      return Calls.DEEPSEEK;
    }
    if (template.contains("<|tool_call_start|>")) {
      return Calls.PYTHONIC;
    }
    if (template.contains("<tool_call>")) {
      boolean other = template.contains("<arg_key>") || template.contains("<invoke name=");
      boolean xml = template.contains(XmlCall.FUNCTION) && template.contains(XmlCall.PARAMETER);
      return other ? Calls.UNKNOWN : xml ? Calls.XML : Calls.HERMES;
    }
    if (template.contains("<|tool_call|>")) {
      return Calls.LIST;
    }
    return template.contains("<|python_tag|>")
            || (template.contains("ipython") && template.contains("parameters"))
        ? Calls.LLAMA
        : Calls.UNKNOWN;
  }

  private static Thinking thinking(String template) {
    if (template.contains("</think>") || template.contains("<think>")) {
      return new Thinking("<think>", "", "</think>");
    }
    if (template.contains("[THINK]")) {
      return new Thinking("[THINK]", "", "[/THINK]");
    }
    if (template.contains("<|channel>thought")) {
      return new Thinking("<|channel>", "thought", "<channel|>");
    }
    return Thinking.NONE;
  }

  /// Whether an answer needs no reading at all.
  ///
  /// @param tools whether tools are offered
  public boolean plain(boolean tools) {
    return calls != Calls.HARMONY && thinking.equals(Thinking.NONE) && !tools;
  }

  /// Whether a prompt ends within the model's thinking.
  ///
  /// @param prompt its end
  public boolean thinkingBegun(String prompt) {
    return !thinking.open().isEmpty()
        && prompt.stripTrailing().endsWith(thinking.open() + thinking.title());
  }

  /// Whether a parameter is written as text, in forms that have text beside JSON: Qwen3-Coder's.
  ///
  /// @param schema what the tool's schema says of it
  public static boolean isPlainText(JsonNode schema) {
    JsonNode type = schema.path("type");
    return type.isString()
        ? type.stringValue().equals("string")
        : type.isMissingNode() && STRUCTURED.stream().noneMatch(schema::has);
  }

  /// A reader of one answer.
  ///
  /// @param tools what was offered
  /// @param tokens whether a marker is a control token of the vocabulary
  /// @param prompt the end of what the model was given; it may have begun the thinking
  /// @param sink is told
  public AnswerReader reader(
      List<Tool> tools, Predicate<String> tokens, String prompt, AnswerSink sink) {
    return new AnswerReader(this, tools, tokens, prompt, sink);
  }

  /// Every marker of the format.
  Set<String> markers() {
    Set<String> markers = new HashSet<>();
    if (!thinking.open().isEmpty()) {
      markers.add(thinking.open());
      markers.add(thinking.close());
    }
    markers.addAll(
        switch (calls) {
          case NONE, UNKNOWN -> Set.of();
          case HERMES -> Set.of("<tool_call>", "</tool_call>");
          case XML -> XmlCall.MARKERS;
          case MISTRAL -> Set.of(MISTRAL.open(), "[ARGS]", "[CALL_ID]");
          case LLAMA -> Set.of("<|python_tag|>");
          case HARMONY -> Harmony.MARKERS;
          case GEMMA -> Set.of("<|tool_call>", "<tool_call|>", "<|\"|>");
          case FUNCTION_GEMMA -> Set.of("<start_function_call>", "<end_function_call>", "<escape>");
          case PYTHONIC -> Set.of("<|tool_call_start|>", "<|tool_call_end|>");
          case LIST -> Set.of("<|tool_call|>", "<|/tool_call|>");
          case DEEPSEEK -> {
            Set<String> all = new HashSet<>(DEEPSEEK.close());
            all.addAll(DEEPSEEK.separators());
            all.add(DEEPSEEK.open());
            yield all;
          }
        });
    return Set.copyOf(markers);
  }

  Prose prose(AnswerReader reader, boolean tools) {
    Map<String, BiConsumer<String, String>> openings = new HashMap<>();
    if (!thinking.open().isEmpty()) {
      openings.put(thinking.open(), (before, open) -> think(reader, before, open));
    }
    if (tools) {
      openings.putAll(callOpenings(reader));
    }
    return new Prose(reader, openings, tools && calls == Calls.LLAMA);
  }

  private void think(AnswerReader reader, String before, String open) {
    Prose prose = reader.goOn();
    // A model that only writes the marker as text may be speaking of it.
    if (prose.silent() || reader.isToken(open)) {
      reader.go(new Thought(reader, thinking.title(), thinking.close()));
      prose.resume();
    } else {
      prose.say(before + open);
    }
  }

  private Map<String, BiConsumer<String, String>> callOpenings(AnswerReader reader) {
    Map<String, BiConsumer<String, String>> openings = new HashMap<>();
    switch (calls) {
      case NONE, UNKNOWN, HARMONY -> {}
      case HERMES ->
          openings.put(
              "<tool_call>",
              (before, open) -> reader.go(CallList.after(reader, before, open, "</tool_call>")));
      case XML -> {
        BiConsumer<String, String> call =
            (before, open) -> reader.go(new XmlCall(reader, before, open, "</tool_call>"));
        openings.put("<tool_call>", call);
        openings.put(XmlCall.FUNCTION, call);
      }
      case MISTRAL ->
          openings.put(
              MISTRAL.open(),
              (before, open) -> reader.go(new NamedCall(reader, MISTRAL, before, open)));
      case DEEPSEEK -> {
        openings.put(
            DEEPSEEK.open(),
            (before, open) -> reader.go(new NamedCall(reader, DEEPSEEK, before, open)));
        openings.put("<｜tool▁calls▁begin｜>", (_, _) -> reader.goOn().resume());
      }
      case LLAMA ->
          openings.put(
              "<|python_tag|>", (before, open) -> reader.go(new PythonTag(reader, before + open)));
      case GEMMA ->
          openings.put(
              "<|tool_call>",
              (before, open) ->
                  reader.go(LooseCall.gemma(reader, before + open, "<|\"|>", "<tool_call|>")));
      case FUNCTION_GEMMA ->
          openings.put(
              "<start_function_call>",
              (before, open) ->
                  reader.go(
                      LooseCall.gemma(reader, before + open, "<escape>", "<end_function_call>")));
      case PYTHONIC ->
          openings.put(
              "<|tool_call_start|>",
              (before, open) ->
                  reader.go(LooseCall.python(reader, before + open, "<|tool_call_end|>")));
      case LIST ->
          openings.put(
              "<|tool_call|>",
              (before, open) -> reader.go(CallList.after(reader, before, open, "<|/tool_call|>")));
    }
    return openings;
  }

  Part first(AnswerReader reader, Prose prose, String prompt) {
    if (calls == Calls.HARMONY) {
      return new Harmony(reader);
    }
    if (thinkingBegun(prompt)) {
      prose.resume();
      return new Thought(reader, "", thinking.close());
    }
    return prose;
  }
}
