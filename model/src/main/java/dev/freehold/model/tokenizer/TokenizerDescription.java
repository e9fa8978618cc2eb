package dev.freehold.model.tokenizer;

import dev.freehold.chat.MalformedFile;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.gguf.Metadata;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a file says of its tokenizer, in GGUF's terms, whichever kind of file it is.
///
/// @param model `gpt2` (byte-level pairs), `llama` (SentencePiece pairs by score), `gemma4` (pairs
///   of characters by rank), `t5` (unigrams) or `bert` (word pieces)
/// @param pre how a byte-level tokenizer cuts text; may be empty for the others
/// @param tokens their texts, by id
/// @param types their kinds in GGUF's numbers, one for each token
/// @param scores one for each token, or none at all
/// @param merges pairs separated by a space, first first
/// @param ids tokens with a purpose, by GGUF's key without its prefix: `bos_token_id` …
/// @param flags by GGUF's key without its prefix: `add_bos_token`, `add_space_prefix` …
/// @param suppressed tokens that are never chosen, such as those that stand for pictures
/// @param charsmap SentencePiece's precompiled normalisation; may be empty
/// @param template the chat template; may be empty
public record TokenizerDescription(
    String model,
    String pre,
    String[] tokens,
    int[] types,
    float[] scores,
    String[] merges,
    Map<String, Integer> ids,
    Map<String, Boolean> flags,
    int[] suppressed,
    byte[] charsmap,
    String template) {

  static final int NORMAL = 1;
  static final int UNKNOWN = 2;
  static final int CONTROL = 3;
  static final int USER_DEFINED = 4;
  static final int UNUSED = 5;
  static final int BYTE = 6;

  private static final Set<String> FLAGS =
      Set.of(
          "add_bos_token",
          "add_eos_token",
          "add_sep_token",
          "add_space_prefix",
          "remove_extra_whitespaces",
          "normalizer.lowercase",
          "normalizer.strip_accents");
  private static final String PREFIX = "tokenizer.ggml.";
  private static final String SUPPRESSED = "suppress_tokens";

  public TokenizerDescription {
    ids = Map.copyOf(ids);
    flags = Map.copyOf(flags);
    if (tokens.length == 0) {
      throw malformed("it has no tokens");
    }
    if (types.length != tokens.length) {
      throw malformed("its token types are not as many as its tokens");
    }
    if (scores.length != 0 && scores.length != tokens.length) {
      throw malformed("its scores are not as many as its tokens");
    }
    for (int id = 0; id < types.length; id++) {
      if (types[id] < NORMAL || types[id] > BYTE) {
        throw malformed("token %d is of type %d".formatted(id, types[id]));
      }
    }
    for (Map.Entry<String, Integer> entry : ids.entrySet()) {
      if (entry.getValue() < 0 || entry.getValue() >= tokens.length) {
        throw malformed("%s is %d, which is no token".formatted(entry.getKey(), entry.getValue()));
      }
    }
    for (int id : suppressed) {
      if (id < 0 || id >= tokens.length) {
        throw malformed("%s has %d, which is no token".formatted(SUPPRESSED, id));
      }
    }
  }

  static MalformedFile malformed(String reason) {
    return new MalformedFile("the tokenizer", -1, reason);
  }

  /// What a GGUF file says.
  ///
  /// @throws MalformedFile where its parts do not fit together
  public static TokenizerDescription of(Metadata metadata) {
    String[] tokens = metadata.strings(PREFIX + "tokens");
    int[] types;
    if (metadata.contains(PREFIX + "token_type")) {
      types = metadata.integers(PREFIX + "token_type");
    } else {
      types = new int[tokens.length];
      Arrays.fill(types, NORMAL);
    }
    Map<String, Integer> ids = new HashMap<>();
    Map<String, Boolean> flags = new HashMap<>();
    for (String key : metadata.names()) {
      if (!key.startsWith(PREFIX)) {
        continue;
      }
      String name = key.substring(PREFIX.length());
      if (name.endsWith("_token_id")) {
        ids.put(name, metadata.integer(key));
      } else if (FLAGS.contains(name)) {
        flags.put(name, metadata.flag(key, false));
      }
    }
    return new TokenizerDescription(
        metadata.string(PREFIX + "model"),
        metadata.string(PREFIX + "pre", ""),
        tokens,
        types,
        metadata.contains(PREFIX + "scores") ? metadata.numbers(PREFIX + "scores") : new float[0],
        metadata.contains(PREFIX + "merges") ? metadata.strings(PREFIX + "merges") : new String[0],
        ids,
        flags,
        metadata.contains(PREFIX + SUPPRESSED)
            ? metadata.integers(PREFIX + SUPPRESSED)
            : new int[0],
        charsmap(metadata),
        metadata.string("tokenizer.chat_template", ""));
  }

  /// The description of a Hugging Face `tokenizer.json` and the files beside it.
  ///
  /// @param rows rows of the model's embedding; ids that no token has become unused ones
  /// @throws dev.freehold.chat.NotFound where there is no such file
  /// @throws MalformedFile where it is no sound JSON or its parts do not fit together
  /// @throws dev.freehold.chat.Unsupported where it uses what is not served, naming it
  public static TokenizerDescription read(Path tokenizerJson, int rows) {
    return TokenizerJson.read(tokenizerJson, rows);
  }

  /// Says the same in the header of a GGUF file. Pairs of SentencePiece's kind get scores as well,
  /// in the order of their merges: other readers know nothing else.
  public void describe(GgufHeader header) {
    header.text(PREFIX + "model", model);
    header.text(PREFIX + "pre", pre.isEmpty() ? "default" : pre);
    header.texts(PREFIX + "tokens", List.of(tokens));
    header.integers(PREFIX + "token_type", types);
    if (merges.length > 0) {
      header.texts(PREFIX + "merges", List.of(merges));
    }
    if (scores.length > 0) {
      header.numbers(PREFIX + "scores", scores);
    } else if (model.equals("llama")) {
      header.numbers(PREFIX + "scores", ranks());
    }
    ids.forEach((key, id) -> header.integer(PREFIX + key, id));
    flags.forEach((key, flag) -> header.flag(PREFIX + key, flag));
    if (suppressed.length > 0) {
      header.integers(PREFIX + SUPPRESSED, suppressed);
    }
    if (charsmap.length > 0) {
      header.bytes(PREFIX + "precompiled_charsmap", charsmap);
    }
    if (!template.isEmpty()) {
      header.text("tokenizer.chat_template", template);
    }
  }

  /// What is merged first has the highest score.
  private float[] ranks() {
    Map<String, Integer> first = HashMap.newHashMap(merges.length);
    for (int i = 0; i < merges.length; i++) {
      first.putIfAbsent(merges[i].replace(" ", ""), i);
    }
    float[] ranks = new float[tokens.length];
    for (int id = 0; id < ranks.length; id++) {
      ranks[id] = -first.getOrDefault(tokens[id], 0);
    }
    return ranks;
  }

  private static byte[] charsmap(Metadata metadata) {
    String key = PREFIX + "precompiled_charsmap";
    if (!metadata.contains(key)) {
      return new byte[0];
    }
    int[] values = metadata.integers(key);
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  boolean flag(String name, boolean fallback) {
    return flags.getOrDefault(name, fallback);
  }
}
