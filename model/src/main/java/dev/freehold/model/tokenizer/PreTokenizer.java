package dev.freehold.model.tokenizer;

import dev.freehold.chat.Unsupported;
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
record PreTokenizer(List<Pattern> patterns, boolean wholeWords) {

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
          + ")|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]++|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]++[\\r\\n]*+|"
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

  private static final PreTokenizer PLAIN = of(false, GPT2);
  private static final PreTokenizer SINGLE_DIGITS = of(false, "\\p{N}", GPT2);
  private static final PreTokenizer THREE_DIGITS = of(true, LLAMA3);
  private static final PreTokenizer QWEN = of(false, QWEN2);

  private static final Map<String, PreTokenizer> BY_NAME =
      Map.ofEntries(
          Map.entry("gpt-2", PLAIN),
          Map.entry("phi-2", PLAIN),
          Map.entry("mpt", PLAIN),
          Map.entry("olmo", PLAIN),
          Map.entry("smollm", SINGLE_DIGITS),
          Map.entry("starcoder", SINGLE_DIGITS),
          Map.entry("refact", SINGLE_DIGITS),
          Map.entry("command-r", SINGLE_DIGITS),
          Map.entry("codeshell", SINGLE_DIGITS),
          Map.entry("exaone", SINGLE_DIGITS),
          Map.entry("minerva-7b", SINGLE_DIGITS),
          Map.entry("llama-bpe", THREE_DIGITS),
          Map.entry("llama3", THREE_DIGITS),
          Map.entry("llama-v3", THREE_DIGITS),
          Map.entry("falcon3", THREE_DIGITS),
          Map.entry("pixtral", THREE_DIGITS),
          Map.entry("dbrx", of(false, LLAMA3)),
          Map.entry("smaug-bpe", of(false, LLAMA3)),
          Map.entry("qwen2", QWEN),
          Map.entry("deepseek-r1-qwen", QWEN),
          Map.entry("stablelm2", QWEN),
          Map.entry("megrez", QWEN),
          Map.entry("qwen35", of(false, QWEN35)),
          Map.entry("gpt-4o", of(false, GPT4O)),
          Map.entry("llama4", of(false, GPT4O)),
          Map.entry("tekken", of(true, TEKKEN)));

  private static PreTokenizer of(boolean wholeWords, String... patterns) {
    // White space is Unicode's, as in the pattern languages these were written for.
    return new PreTokenizer(
        List.of(patterns).stream()
            .map(pattern -> Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS))
            .toList(),
        wholeWords);
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
