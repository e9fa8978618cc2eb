package dev.freehold.model.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.Tool;
import dev.freehold.model.text.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AnswerReaderTest {

  private static final List<Tool> TOOLS =
      List.of(
          new Tool(
              "get_weather",
              "",
              "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"days\":{\"type\":\"integer\"},\"deep\":{\"type\":\"object\"}}}",
              false),
          new Tool("python", "", Tool.NO_PARAMETERS, false));

  /// What was told, as one line: text as it is, `{thought}`, `name(arguments)` and `!` where a call
  /// never ended.
  private static final class Told implements AnswerSink {
    private final StringBuilder all = new StringBuilder();
    private char open = ' ';

    private void kind(char next) {
      if (open != next) {
        if (open == '{') {
          all.append('}');
        } else if (open == '(') {
          all.append("!)");
        }
        if (next == '{') {
          all.append('{');
        }
        open = next;
      }
    }

    @Override
    public void text(String piece) {
      kind(' ');
      all.append(piece);
    }

    @Override
    public void reasoning(String piece) {
      kind('{');
      all.append(piece);
    }

    @Override
    public void callBegun(String name) {
      kind(' ');
      all.append('<').append(name);
      open = '(';
      all.append('(');
    }

    @Override
    public void arguments(String piece) {
      assertThat(open).isEqualTo('(');
      assertThat(piece).isNotEmpty();
      all.append(piece);
    }

    @Override
    public void callEnded() {
      assertThat(open).isEqualTo('(');
      open = ' ';
      all.append(")>");
    }

    String end() {
      kind(' ');
      return all.toString();
    }
  }

  private static final Pattern MARKUP =
      Pattern.compile(
          "<\\|?[a-z_▁|｜]+\\|?>|</[a-z_]+>|<[a-z_]+\\|>|\\[/?[A-Z_]+]|<｜[^｜ ]+｜>|<\\|\"\\|>");

  /// Reads an answer cut in pieces of random length; where `tokens` hold, markup comes as tokens.
  private static String read(
      AnswerFormat format, String prompt, String answer, boolean tokens, Random random) {
    var told = new Told();
    AnswerReader reader =
        format.reader(TOOLS, marker -> tokens && MARKUP.matcher(marker).matches(), prompt, told);
    Matcher markup = MARKUP.matcher(answer);
    int from = 0;
    while (tokens && markup.find()) {
      cut(reader, answer.substring(from, markup.start()), random);
      reader.control(markup.group());
      from = markup.end();
    }
    cut(reader, answer.substring(from), random);
    reader.end();
    return told.end();
  }

  private static void cut(AnswerReader reader, String text, Random random) {
    for (int i = 0; i < text.length(); ) {
      int next = Math.min(text.length(), i + 1 + random.nextInt(6));
      reader.text(text.substring(i, next));
      i = next;
    }
  }

  private static AnswerFormat format(String template) {
    return AnswerFormat.of(template);
  }

  private static final AnswerFormat HERMES =
      format("tool_calls <tool_call> </tool_call> <think></think>");
  private static final AnswerFormat XML =
      format("tool_calls <tool_call> <function= <parameter= <think>");
  private static final AnswerFormat MISTRAL = format("tool_calls [TOOL_CALLS] [THINK]");
  private static final AnswerFormat LLAMA = format("tool_calls <|python_tag|> parameters");
  private static final AnswerFormat HARMONY = format("tool_calls <|channel|> <|message|>");
  private static final AnswerFormat GEMMA = format("tool_calls <|tool_call> <|channel>thought");
  private static final AnswerFormat FUNCTION_GEMMA = format("tool_calls <start_function_call>");
  private static final AnswerFormat PYTHONIC = format("tool_calls <|tool_call_start|>");
  private static final AnswerFormat LIST = format("tool_calls <|tool_call|>");
  private static final AnswerFormat DEEPSEEK =
      format("tool_calls <｜tool▁call▁begin｜> <think></think>");

  record Case(AnswerFormat format, String answer, String told, boolean spelt, boolean tokens) {
    Case(AnswerFormat format, String answer, String told) {
      this(format, answer, told, true, true);
    }
  }

  static List<Case> cases() {
    String call =
        "{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Liège\", \"deep\": {\"a\": [1, {}]}}}";
    String told = "<get_weather({\"city\": \"Liège\", \"deep\": {\"a\": [1, {}]}})>";
    List<Case> cases = new ArrayList<>();
    // Hermes and Qwen.
    cases.add(new Case(HERMES, "Just words. ", "Just words. "));
    cases.add(new Case(HERMES, "<tool_call>\n" + call + "\n</tool_call>", told));
    cases.add(new Case(HERMES, "I look.\n<tool_call>" + call + "</tool_call>\n", "I look." + told));
    cases.add(
        new Case(
            HERMES,
            "<think>\nHm.\n\nSo.\n</think>\n\n<tool_call>\n"
                + call
                + "\n</tool_call>\n<tool_call>"
                + call
                + "</tool_call>",
            "{Hm.\n\nSo.}" + told + told));
    cases.add(new Case(HERMES, "<think>\nHm.\n</think>\n\nSeven.", "{Hm.}Seven."));
    cases.add(
        new Case(
            HERMES,
            "<tool_call>{\"arguments\": {\"city\":\"x\"}, \"name\": \"get_weather\"}</tool_call>",
            "<get_weather({\"city\":\"x\"})>"));
    cases.add(
        new Case(
            HERMES,
            "<tool_call>{\"name\": \"get_weather\", \"arguments\": \"{\\\"city\\\":\\\"x\\\"}\"}</tool_call>",
            "<get_weather({\"city\":\"x\"})>"));
    cases.add(
        new Case(HERMES, "<tool_call>{\"name\":\"get_weather\"}</tool_call>", "<get_weather({})>"));
    cases.add(
        new Case(
            HERMES,
            "a <tool_call>{\"name\": \"other\", \"arguments\": {}}</tool_call> b",
            "a <tool_call>{\"name\": \"other\", \"arguments\": {}}</tool_call> b"));
    cases.add(
        new Case(HERMES, "<tool_call>not json</tool_call>", "<tool_call>not json</tool_call>"));
    cases.add(
        new Case(
            HERMES,
            "<tool_call>{\"name\": \"get_weather\", \"arguments\": {\"city\": oops}}</tool_call>",
            "<get_weather({\"city\": !)oops}}</tool_call>"));
    cases.add(
        new Case(
            HERMES,
            "<tool_call>{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Li",
            "<get_weather({\"city\": \"Li!)"));
    cases.add(
        new Case(
            HERMES,
            "<tool_call>{\"name\": \"get_weather\", \"argu",
            "<tool_call>{\"name\": \"get_weather\", \"argu"));
    // The marker within a string is no marker where it is spelt.
    cases.add(
        new Case(
            HERMES,
            "<tool_call>{\"name\":\"get_weather\",\"arguments\":{\"city\":\"</tool_call>\"}}</tool_call>ok",
            "<get_weather({\"city\":\"</tool_call>\"})>ok",
            true,
            false));
    // Qwen3-Coder.
    cases.add(
        new Case(
            XML,
            "Well.\n<tool_call>\n<function=get_weather>\n<parameter=city>\nA \"b\"\n\nc\n</parameter>\n<parameter=days>\n2\n</parameter>\n<parameter=deep>\n{\"a\": 1}\n</parameter>\n</function>\n</tool_call>",
            "Well.<get_weather({\"city\":\"A \\\"b\\\"\\n\\nc\",\"days\":2,\"deep\":{\"a\": 1}})>"));
    cases.add(
        new Case(XML, "<function=get_weather>\n</function>\n</tool_call>.", "<get_weather({})>."));
    cases.add(
        new Case(
            XML,
            "<tool_call>\n<function=other>\n</function>\n</tool_call>",
            "<tool_call>\n<function=other>\n</function>\n</tool_call>"));
    cases.add(
        new Case(
            XML,
            "<tool_call><function=get_weather><parameter=days>many</parameter>?",
            "<get_weather({\"days\":\"many\"!)?"));
    // Mistral.
    cases.add(
        new Case(
            MISTRAL,
            "[TOOL_CALLS][" + call + ", " + call.replace("}}}", "}}, \"id\": \"abc123XYZ\"}") + "]",
            told + told));
    cases.add(
        new Case(
            MISTRAL,
            "[TOOL_CALLS]get_weather[ARGS]{\"city\": \"x\"}[TOOL_CALLS]python[CALL_ID]abc123XYZ[ARGS]{}",
            "<get_weather({\"city\": \"x\"})><python({})>"));
    cases.add(
        new Case(
            MISTRAL,
            "[THINK]Hm.[/THINK]Let me.[TOOL_CALLS]get_weather{\"city\": \"x\"}",
            "{Hm.}Let me.<get_weather({\"city\": \"x\"})>"));
    cases.add(new Case(MISTRAL, "[TOOL_CALLS]nobody[ARGS]{}", "[TOOL_CALLS]nobody[ARGS]{}"));
    cases.add(new Case(MISTRAL, "[TOOL_CALLS][1]", "[TOOL_CALLS][1]"));
    // Llama 3.
    String parameters = call.replace("arguments", "parameters");
    cases.add(new Case(LLAMA, parameters, told));
    cases.add(new Case(LLAMA, "<|python_tag|>" + parameters + "; " + parameters, told + told));
    cases.add(
        new Case(
            LLAMA,
            "<|python_tag|>get_weather.call(city=\"Li\\\"ège\", days=2, deep={'a': [True, None]})",
            "<get_weather({\"city\":\"Li\\\"ège\",\"days\":2,\"deep\":{\"a\":[true,null]}})>"));
    cases.add(
        new Case(
            LLAMA,
            "<|python_tag|>import os\nprint(\"x\")",
            "<python({\"code\":\"import os\\nprint(\\\"x\\\")\"})>"));
    cases.add(new Case(LLAMA, "{\"a\": 1} is JSON.", "{\"a\": 1} is JSON."));
    cases.add(
        new Case(LLAMA, "See {\"name\": \"get_weather\"}", "See {\"name\": \"get_weather\"}"));
    // gpt-oss.
    cases.add(
        new Case(
            HARMONY,
            "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Seven.",
            "{Hm.}Seven.",
            true,
            true));
    cases.add(
        new Case(
            HARMONY,
            "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"x\"}<|call|>",
            "{Hm.}<get_weather({\"city\":\"x\"})>"));
    cases.add(
        new Case(
            HARMONY,
            "<|channel|>commentary<|message|>I look.<|end|><|start|>assistant to=functions.get_weather<|channel|>commentary json<|message|>{\"city\":\"x\"}",
            "I look.<get_weather({\"city\":\"x\"})>"));
    cases.add(new Case(HARMONY, "no channel", "no channel"));
    cases.add(
        new Case(
            HARMONY,
            "<|channel|>commentary to=functions.other<|message|>{}<|call|>",
            "<|channel|>commentary to=functions.other<|message|>{}"));
    // Gemma.
    cases.add(
        new Case(
            GEMMA,
            "<|channel>thought\nHm.<channel|><|tool_call>call:get_weather{city:<|\"|>A \"b\", {c}<|\"|>,days:2,deep:{a:[1,<|\"|>x<|\"|>,true],b:{}}}<tool_call|><|tool_call>call:python{}<tool_call|>",
            "{Hm.}<get_weather({\"city\":\"A \\\"b\\\", {c}\",\"days\":2,\"deep\":{\"a\":[1,\"x\",true],\"b\":{}}})><python({})>"));
    cases.add(
        new Case(
            GEMMA, "<|tool_call>call:other{}<tool_call|>", "<|tool_call>call:other{}<tool_call|>"));
    cases.add(
        new Case(
            FUNCTION_GEMMA,
            "<start_function_call>call:get_weather{city:<escape>Paris<escape>}<end_function_call>",
            "<get_weather({\"city\":\"Paris\"})>"));
    // LFM2, Granite, DeepSeek.
    cases.add(
        new Case(
            PYTHONIC,
            "<|tool_call_start|>[get_weather(city=\"x\", days=2), python()]<|tool_call_end|>Done.",
            "<get_weather({\"city\":\"x\",\"days\":2})><python({})>Done."));
    cases.add(new Case(LIST, "<|tool_call|>[" + call + "]", told));
    cases.add(
        new Case(
            DEEPSEEK,
            "<think>Hm.</think>Ok.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{\"city\":\"x\"}\n```<｜tool▁call▁end｜><｜tool▁call▁begin｜>python<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
            "{Hm.}Ok.<get_weather({\"city\":\"x\"})><python({})>"));
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anAnswerIsReadTheSameHoweverItIsCut(Case known) {
    for (int seed = 0; seed < 60; seed++) {
      if (known.spelt()) {
        assertThat(read(known.format(), "", known.answer(), false, new Random(seed)))
            .isEqualTo(known.told());
      }
      if (known.tokens()) {
        assertThat(read(known.format(), "", known.answer(), true, new Random(seed)))
            .isEqualTo(known.told());
      }
    }
  }

  @Test
  void aSpeltMarkerIsTextWhereItIsATokenOfTheVocabulary() {
    var told = new Told();
    AnswerReader reader =
        HERMES.reader(TOOLS, Set.of("<tool_call>", "<think>")::contains, "", told);
    reader.text("<think>x <tool_call>{\"name\": \"python\", \"arguments\": {}}");
    reader.control("<|im_start|>");
    reader.end();
    assertThat(told.end())
        .isEqualTo("<think>x <tool_call>{\"name\": \"python\", \"arguments\": {}}");
  }

  @Test
  void aPromptThatOpensThinkingBeginsInIt() {
    Random random = new Random(1);
    assertThat(
            read(
                HERMES, "<|im_start|>assistant\n<think>\n", "Hm.\n</think>\n\nYes.", false, random))
        .isEqualTo("{Hm.}Yes.");
    assertThat(read(HERMES, "assistant\n<think>\n\n</think>\n\n", "Yes.", false, random))
        .isEqualTo("Yes.");
  }

  @Test
  void withoutToolsMarkersOfCallsAreText() {
    var told = new Told();
    AnswerReader reader = HERMES.reader(List.of(), Set.of("<tool_call>")::contains, "", told);
    reader.text("a ");
    reader.control("<tool_call>");
    reader.text("{}");
    reader.end();
    assertThat(told.end()).isEqualTo("a <tool_call>{}");
  }

  /// Answers are damaged at random. Each word in them must still be told somewhere, and every call
  /// that is said to be complete must have arguments that are a JSON object.
  @Test
  void nothingOfADamagedAnswerIsLost() {
    Random random = new Random(4);
    List<Case> cases = cases();
    for (int i = 0; i < Integer.getInteger("freehold.answers.mutants", 20_000); i++) {
      Case known = cases.get(random.nextInt(cases.size()));
      var answer = new StringBuilder(known.answer());
      for (int j = random.nextInt(3); j >= 0; j--) {
        int at = random.nextInt(answer.length() + 1);
        switch (random.nextInt(3)) {
          case 0 -> answer.insert(at, " WORD%d ".formatted(j));
          case 1 -> answer.insert(at, "{}[]\"<>:,()\\n".charAt(random.nextInt(12)));
          default -> answer.delete(at, Math.min(answer.length(), at + 1 + random.nextInt(4)));
        }
      }
      boolean tokens = random.nextBoolean();
      long seed = random.nextLong();
      String once = read(known.format(), "", answer.toString(), tokens, new Random(seed));
      String again = read(known.format(), "", answer.toString(), tokens, new Random(seed + 1));
      assertThat(once).as(answer.toString()).isEqualTo(again);
      // An id is the one thing that is read and not told.
      String kept = answer.toString().replaceAll("\"id\": \"[^\"]*|\\[CALL_ID][^\\[{]*", "");
      Matcher word = Pattern.compile("WORD[0-9]").matcher(kept);
      while (word.find()) {
        assertThat(once).as(known.format() + " " + answer).contains(word.group());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "hermes_tools,HERMES",
    "qwen25,HERMES",
    "qwen3,HERMES",
    "qwen3_coder,XML",
    "mistral,MISTRAL",
    "mistral_args,MISTRAL",
    "llama3_tools,LLAMA",
    "gpt_oss,HARMONY",
    "gemma4,GEMMA",
    "lfm2,PYTHONIC",
    "deepseek_r1,DEEPSEEK",
    "chatml,NONE",
    "gemma3,NONE",
    "phi3,NONE"
  })
  void theTemplateDecidesTheForm(String template, AnswerFormat.Calls calls) throws IOException {
    try (InputStream in =
        AnswerReaderTest.class.getResourceAsStream("../template/" + template + ".jinja")) {
      String source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(AnswerFormat.of(source).calls()).isEqualTo(calls);
    }
  }

  @Test
  void jsonIsFollowedExactly() {
    Random random = new Random(9);
    String[] parts = {
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "\"a\"",
      "1",
      "-0.5e3",
      "true",
      "null",
      " ",
      "\"\\u00e9\\n\"",
      "01",
      "tru",
      "\"\t\"",
      "-"
    };
    var outcomes = new TreeMap<Boolean, Integer>();
    for (int i = 0; i < 40_000; i++) {
      var text = new StringBuilder(random.nextBoolean() ? "{\"k\":" : "[");
      for (int j = random.nextInt(7); j >= 0; j--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      text.append(text.charAt(0) == '{' ? "}" : "]");
      boolean whole = false;
      var progress = new JsonProgress();
      for (int at = 0; at < text.length(); at++) {
        var step = progress.accept(text.charAt(at));
        if (step != JsonProgress.Step.MORE) {
          whole = step == JsonProgress.Step.LAST && at == text.length() - 1;
          break;
        }
      }
      // A key given twice is grammatical, and refused by the strict reader only.
      boolean doubled = text.toString().split("\"k\"|\"a\"", -1).length > 2;
      if (!doubled) {
        assertThat(whole).as(text.toString()).isEqualTo(Json.read(text.toString()).isPresent());
      }
      outcomes.merge(whole, 1, Integer::sum);
    }
    assertThat(outcomes.get(true)).isGreaterThan(500);
  }
}
