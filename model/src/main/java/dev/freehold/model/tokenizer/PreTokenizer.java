package dev.freehold.model.tokenizer;

import dev.freehold.chat.Unsupported;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a byte-level tokenizer cuts text into the pieces within which it merges, by the name that
/// GGUF gives the procedure.
///
/// Each is one or more patterns: the first cuts the text, the next cuts what lies between its
/// matches' borders. Quantifiers are possessive where that changes nothing, and only single
/// characters are repeated, so that no input makes a match backtrack more than its own length.
///
/// @param patterns applied one after the other
/// @param wholeWords whether a piece that is a token as it stands is taken so, without merging
/// @param composes whether text is first brought into normalisation form C
record PreTokenizer(List<Pattern> patterns, boolean wholeWords, boolean composes) {

  private static final String CONTRACTION = "'s|'t|'re|'ve|'m|'ll|'d";

  /// OpenAI's GPT-2.
  private static final String GPT2 =
      CONTRACTION + "| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s+(?!\\S)|\\s++";

  private static final String SPACES = "\\s*[\\r\\n]++|\\s+(?!\\S)|\\s++";

  /// OpenAI's cl100k, as Llama 3 uses it: digits by threes.
  private static final String LLAMA3 =
      "(?i:"
          + CONTRACTION
          + ")|[^\\r\\n\\p{L}\\p{N}]?\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|"
          + SPACES;

  /// The same with digits one by one.
  private static final String QWEN2 = LLAMA3.replace("\\p{N}{1,3}+", "\\p{N}");

  private static final String QWEN35 =
      "(?i:"
          + CONTRACTION
          + ")|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]++|\\p{N}|"
          + " ?[^\\s\\p{L}\\p{M}\\p{N}]++[\\r\\n]*+|"
          + SPACES;

  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String CASED =
      "[^\\r\\n\\p{L}\\p{N}]?%1$s*%2$s+%3$s|[^\\r\\n\\p{L}\\p{N}]?%1$s+%2$s*%3$s|";

  /// OpenAI's o200k: words end where case begins anew.
  private static final String GPT4O =
      CASED.formatted(UPPER, LOWER, "(?i:" + CONTRACTION + ")?+")
          + "\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n/]*+|"
          + SPACES;

  /// Mistral's Tekken.
  private static final String TEKKEN =
      CASED.formatted(UPPER, LOWER, "") + "\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n/]*+|" + SPACES;

  /// Letters with case, Han and its neighbours, and punctuation, each apart.
  private static final String[] DEEPSEEK_LLM = {
    "[\\r\\n]",
    "\\s?[\\p{Lu}\\p{Ll}\\p{Lt}]++",
    "\\s?[!-/:-~！-／：-～‘-‟　-。]++",
    "\\s++$",
    "[一-龥ࠀ-一가-\ud7ff]++",
    "\\p{N}++"
  };

  private static final String[] DEEPSEEK_CODER = {
    "[\\r\\n]", "\\s?\\p{L}++", "\\s?\\p{P}++", "[一-龥ࠀ-一가-\ud7ff]++", "\\p{N}"
  };

  private static final String[] DEEPSEEK_3 = {
    "\\p{N}{1,3}+",
    "[一-龥\u3040-ゟ゠-ヿ]++",
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]++|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]++|"
        + " ?[\\p{P}\\p{S}]++[\\r\\n]*+|"
        + SPACES
  };

  private static final String SEED_CODER =
      QWEN2.replace("| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|", "| ?[^\\s\\p{L}\\p{N}\\r\\n]++|");

  private static final Map<String, PreTokenizer> BY_NAME = new LinkedHashMap<>();

  // The first of several names for the same procedure is the one that files are given.
  static {
    names(of(GPT2), "gpt-2", "phi-2", "jina-es", "jina-de", "jina-v1-en", "jina-v2-es");
    names(of(GPT2), "jina-v2-de", "jina-v2-code", "roberta-bpe", "gigachat", "a.x-4.0");
    names(of(GPT2), "mellum", "jais", "trillion", "granite-docling", "exaone4");
    names(of(GPT2).composing(), "modern-bert", "olmo", "mpt");
    names(of("\\p{N}", GPT2), "smollm", "starcoder", "refact", "command-r", "codeshell");
    names(of("\\p{N}", GPT2), "exaone", "minerva-7b", "mellum2");
    names(of(LLAMA3).whole(), "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1");
    names(of(LLAMA3).whole(), "pixtral", "midm-2.0", "lfm2", "jina-v5-nano");
    names(of(LLAMA3), "smaug-bpe", "dbrx", "chatglm-bpe", "glm4");
    names(of(QWEN2).composing(), "qwen2", "kormo", "f2llmv2");
    names(of(QWEN2), "stablelm2", "deepseek-r1-qwen", "megrez", "hunyuan", "solar-open", "grok-2");
    names(of(QWEN35).composing(), "qwen35");
    names(of(GPT4O), "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2");
    names(of(GPT4O), "granite-embed-multi-97m");
    names(of(TEKKEN).whole(), "tekken");
    names(of(DEEPSEEK_LLM), "deepseek-llm");
    names(of(DEEPSEEK_CODER), "deepseek-coder");
    names(of(DEEPSEEK_3), "deepseek-v3", "hunyuan-dense", "joyai-llm");
    names(of("[\\p{P}$+<=>^~|`]++", GPT2, "[0-9][0-9][0-9]"), "falcon");
    names(of("[\\p{P}$+<=>^~|]++", GPT2, "\\p{N}++", "[0-9][0-9][0-9]"), "default");
    names(of("\\p{N}{1,3}+", LLAMA3.replace("\\p{N}{1,3}+", "\\p{N}++")), "minicpm5");
    names(of(SEED_CODER), "seed-coder");
    names(of("[^\\n]++|[\\n]++", QWEN2), "laguna");
    names(of(" ?[^(\\s|.,!?…。，、।۔،)]++"), "poro-chat", "bloom", "gpt3-finnish");
    names(of(" ?[^(\\s|.,!?…。，、।۔،)]++", "\\p{N}"), "viking");
  }

  private static void names(PreTokenizer procedure, String... names) {
    for (String name : names) {
      BY_NAME.put(name, procedure);
    }
  }

  private static PreTokenizer of(String... patterns) {
    // White space is Unicode's, as in the pattern languages these were written for.
    return new PreTokenizer(
        List.of(patterns).stream()
            .map(pattern -> Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS))
            .toList(),
        false,
        false);
  }

  private PreTokenizer whole() {
    return new PreTokenizer(patterns, true, composes);
  }

  private PreTokenizer composing() {
    return new PreTokenizer(patterns, wholeWords, true);
  }

  /// The name of the procedure that a `tokenizer.json` describes by these patterns.
  ///
  /// @throws Unsupported where none is known: a pattern of a stranger's could take for ever
  static String nameOf(List<String> patterns, boolean wholeWords, boolean composes) {
    for (Map.Entry<String, PreTokenizer> entry : BY_NAME.entrySet()) {
      PreTokenizer known = entry.getValue();
      if (known.wholeWords == wholeWords
          && known.composes == composes
          && known.patterns.stream().map(PreTokenizer::greedy).toList().equals(patterns)) {
        return entry.getKey();
      }
    }
    throw new Unsupported(
        "A byte-level tokenizer that cuts by %s%s%s"
            .formatted(
                patterns,
                wholeWords ? ", takes whole words" : "",
                composes ? ", composes characters" : ""),
        String.join(", ", BY_NAME.keySet()));
  }

  /// A pattern as `tokenizer.json` has it.
  private static String greedy(Pattern pattern) {
    // In one class of characters the same signs are characters.
    String punctuation = "()*+,";
    return pattern
        .pattern()
        .replace(punctuation, "\u0000")
        .replace("++", "+")
        .replace("*+", "*")
        .replace("{1,3}+", "{1,3}")
        .replace("?+", "?")
        .replace("\u0000", punctuation);
  }

  /// The usual pattern of `ByteLevel`.
  static String byteLevel() {
    return greedy(Pattern.compile(GPT2));
  }

  /// The procedure of that name.
  ///
  /// @throws Unsupported where it is not known
  static PreTokenizer named(String name) {
    PreTokenizer known = BY_NAME.get(name);
    if (known == null) {
      throw new Unsupported(
          name.isEmpty()
              ? "A byte-pair tokenizer that does not name its pre-tokenizer"
              : "The pre-tokenizer '%s'".formatted(name),
          String.join(", ", new TreeSet<>(BY_NAME.keySet())));
    }
    return known;
  }

  /// Gives each piece, as start and end, in order; together they are the whole text.
  void cut(String text, BiConsumer<Integer, Integer> piece) {
    cut(text, 0, text.length(), 0, piece);
  }

  private void cut(String text, int start, int end, int stage, BiConsumer<Integer, Integer> piece) {
    if (stage == patterns.size()) {
      if (start < end) {
        piece.accept(start, end);
      }
      return;
    }
    Matcher matcher = patterns.get(stage).matcher(text).region(start, end);
    int from = start;
    while (matcher.find()) {
      cut(text, from, matcher.start(), stage + 1, piece);
      cut(text, matcher.start(), matcher.end(), stage + 1, piece);
      from = matcher.end();
    }
    cut(text, from, end, stage + 1, piece);
  }
}
