package dev.freehold.model.tokenizer;

import dev.freehold.chat.Unsupported;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The known ways of cutting text, by the names that GGUF gives them and by what `tokenizer.json`
/// states.
///
/// Quantifiers are possessive where that changes nothing, and only single characters are repeated,
/// so that no input makes a match backtrack more than its own length.
final class PreTokenizers {

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

  /// Letters with case as DeepSeek's first models list them.
  private static final String CASED_LETTERS =
      "A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293"
          + "\u0295-\u02af\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a"
          + "\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f\u0531-\u0556"
          + "\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b"
          + "\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d"
          + "\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe"
          + "\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4"
          + "\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128"
          + "\u212a-\u212d\u212f-\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184"
          + "\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3\ua640-\ua66d\ua680-\ua69b"
          + "\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06\ufb13-\ufb17"
          + "\uff21-\uff3a\uff41-\uff5a\ud801\udc00-\ud801\udc4f\ud801\udcb0-\ud801\udcd3"
          + "\ud801\udcd8-\ud801\udcfb\ud803\udc80-\ud803\udcb2\ud803\udcc0-\ud803\udcf2"
          + "\ud806\udca0-\ud806\udcdf\ud83a\udd00-\ud83a\udd43";

  private static final String HAN_AND_NEIGHBOURS = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]++";

  /// Letters with case, punctuation, Han and its neighbours, and digits, each apart.
  private static final String[] DEEPSEEK_LLM = {
    "[\\r\\n]",
    "\\s?[" + CASED_LETTERS + "]++",
    "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]++",
    "\\s++$",
    HAN_AND_NEIGHBOURS,
    "\\p{N}"
  };

  private static final String[] DEEPSEEK_CODER = {
    "[\\r\\n]", "\\s?\\p{L}++", "\\s?\\p{P}++", HAN_AND_NEIGHBOURS, "\\p{N}"
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

  /// BLOOM's: a class within the class adds to it.
  private static final String BLOOM = " ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]++";

  private static final String BLOOM_STATED = BLOOM.replace("|.", "|[.").replace(")]++", "])]+");

  /// Punctuation as `tokenizers` has it: Unicode's, and all of ASCII's.
  static final String PUNCTUATION = "[\\p{P}$+<=>^~|`]++";

  /// A line begins with the line breaks before it.
  private static final String LINE_STARTS = "(?<!\\n)\\r?\\n";

  /// What is stated of it: matches are merged with what follows.
  static final String LINE_STARTS_STATED = "(?:\\r?\\n)+(?!\\r?\\n)";

  /// What stands before a pattern that is applied after text became bytes.
  static final String BYTES = "bytes: ";

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
    names(of(PUNCTUATION, GPT2, "[0-9][0-9][0-9]").cuttingBytes(), "falcon");
    names(of("[\\p{P}$+<=>^~|]++", GPT2, "\\p{N}++", "[0-9][0-9][0-9]"), "default");
    names(of("\\p{N}{1,3}+", LLAMA3.replace("\\p{N}{1,3}+", "\\p{N}++")), "minicpm5");
    names(of(SEED_CODER), "seed-coder");
    names(of(LINE_STARTS, QWEN2).startingLines(), "laguna");
    names(of(BLOOM), "bloom", "poro-chat", "gpt3-finnish");
    names(of(BLOOM, "\\p{N}"), "viking");
  }

  private PreTokenizers() {}

  private static void names(PreTokenizer procedure, String... names) {
    for (String name : names) {
      BY_NAME.put(name, procedure);
    }
  }

  private static PreTokenizer of(String... patterns) {
    return PreTokenizer.of(patterns);
  }

  /// The name of the procedure that a `tokenizer.json` describes so.
  ///
  /// @param stated its patterns, in order; those that cut within bytes begin with [#BYTES]
  /// @throws Unsupported where none is known: a pattern of a stranger's could take for ever
  static String nameOf(List<String> stated, boolean wholeWords, boolean composes) {
    List<String> asked =
        stated.stream()
            .map(pattern -> pattern.equals(BLOOM_STATED) ? greedy(BLOOM) : pattern)
            .toList();
    for (Map.Entry<String, PreTokenizer> entry : BY_NAME.entrySet()) {
      PreTokenizer known = entry.getValue();
      if (known.wholeWords() == wholeWords
          && known.composes() == composes
          && stated(known).equals(asked)) {
        return entry.getKey();
      }
    }
    throw new Unsupported(
        "A byte-level tokenizer that cuts by %s%s%s"
            .formatted(
                stated,
                wholeWords ? ", takes whole words" : "",
                composes ? ", composes characters" : ""),
        String.join(", ", BY_NAME.keySet()));
  }

  /// The patterns as `tokenizer.json` has them.
  private static List<String> stated(PreTokenizer known) {
    List<String> stated = new ArrayList<>();
    known.patterns().forEach(pattern -> stated.add(greedy(pattern.pattern())));
    if (known.inLines()) {
      stated.set(0, LINE_STARTS_STATED);
    }
    if (known.cutsBytes()) {
      stated.set(2, BYTES + stated.get(2));
      stated.add(2, BYTES + "\\p{N}+");
    }
    return stated;
  }

  /// A pattern as `tokenizer.json` has it.
  static String greedy(String pattern) {
    // In one class of characters the same signs are characters.
    String punctuation = "()*+,";
    return pattern
        .replace(punctuation, "\u0000")
        .replace("++", "+")
        .replace("*+", "*")
        .replace("{1,3}+", "{1,3}")
        .replace("?+", "?")
        .replace("\u0000", punctuation);
  }

  /// The usual pattern of `ByteLevel`.
  static String byteLevel() {
    return greedy(GPT2);
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
}
