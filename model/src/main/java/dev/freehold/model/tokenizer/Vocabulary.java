package dev.freehold.model.tokenizer;

import dev.freehold.chat.MalformedFile;
import dev.freehold.model.gguf.Metadata;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/// A model's tokens: their texts as the file writes them, their kinds, and the few with a purpose.
/// Immutable.
public final class Vocabulary {

  /// What a token is, with GGUF's numbers, which are SentencePiece's.
  enum Kind {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE
  }

  /// Names of tokens that end a turn, for files that only name the end of the whole text.
  private static final Set<String> ENDS_OF_TURN =
      Set.of(
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "<|end_of_text|>",
          "<|eom_id|>",
          "<|return|>",
          "<EOT>",
          "<end_of_utterance>",
          "<｜end▁of▁sentence｜>",
          "<|call|>",
          "<turn|>",
          "<|eos|>");

  private static final String PREFIX = "tokenizer.ggml.";

  private final String[] texts;
  private final Kind[] kinds;
  private final float[] scores;
  private final TokenTrie controlTokens = new TokenTrie();
  private final Map<String, Integer> purposes;
  private final Set<Integer> endsOfTurn = new TreeSet<>();
  private final boolean addsBeginningOfText;

  private Vocabulary(Metadata metadata) {
    texts = metadata.strings(PREFIX + "tokens");
    if (texts.length == 0) {
      throw new MalformedFile("the tokenizer", -1, "it has no tokens");
    }
    kinds = kinds(metadata, texts.length);
    scores =
        metadata.contains(PREFIX + "scores") ? metadata.numbers(PREFIX + "scores") : new float[0];
    if (scores.length != 0 && scores.length != texts.length) {
      throw new MalformedFile("the tokenizer", -1, "its scores are not as many as its tokens");
    }
    purposes = purposes(metadata);
    addsBeginningOfText = metadata.flag(PREFIX + "add_bos_token", addsBeginningByKind(metadata));
    String template = metadata.string("tokenizer.chat_template", "");
    for (int id = 0; id < texts.length; id++) {
      // Some files call their markup user-defined. What the template writes, or what ends a turn,
      // is a control token all the same: a message must not be able to contain it.
      boolean markup =
          kinds[id] == Kind.USER_DEFINED
              && (ENDS_OF_TURN.contains(texts[id])
                  || (!texts[id].isBlank() && template.contains(texts[id])));
      if (markup) {
        kinds[id] = Kind.CONTROL;
      }
      boolean special = kinds[id] == Kind.CONTROL || kinds[id] == Kind.UNKNOWN;
      if (special && !texts[id].isEmpty()) {
        controlTokens.add(texts[id], id);
        if (ENDS_OF_TURN.contains(texts[id])) {
          endsOfTurn.add(id);
        }
      }
    }
    if (isControl("<|call|>") && isControl("<|return|>")) {
      // In OpenAI's harmony a message ends so, and the turn goes on with the next.
      endsOfTurn.removeIf(id -> texts[id].equals("<|end|>"));
    }
    for (String purpose : new String[] {"eos", "eot", "eom"}) {
      Integer id = purposes.get(purpose);
      if (id != null) {
        endsOfTurn.add(id);
      }
    }
  }

  static Vocabulary read(Metadata metadata) {
    return new Vocabulary(metadata);
  }

  private static Kind[] kinds(Metadata metadata, int size) {
    Kind[] kinds = new Kind[size];
    Arrays.fill(kinds, Kind.NORMAL);
    if (metadata.contains(PREFIX + "token_type")) {
      int[] types = metadata.integers(PREFIX + "token_type");
      if (types.length != size) {
        throw new MalformedFile(
            "the tokenizer", -1, "its token types are not as many as its tokens");
      }
      for (int id = 0; id < size; id++) {
        if (types[id] < 1 || types[id] > Kind.values().length) {
          throw new MalformedFile(
              "the tokenizer", -1, "token %d is of type %d".formatted(id, types[id]));
        }
        kinds[id] = Kind.values()[types[id] - 1];
      }
    }
    return kinds;
  }

  private static boolean addsBeginningByKind(Metadata metadata) {
    String pre = metadata.string(PREFIX + "pre", "");
    return metadata.string(PREFIX + "model", "").equals("llama")
        || Set.of("llama-bpe", "llama3", "llama-v3", "tekken", "pixtral").contains(pre);
  }

  private Map<String, Integer> purposes(Metadata metadata) {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("bos", "bos_token_id");
    keys.put("eos", "eos_token_id");
    keys.put("eot", "eot_token_id");
    keys.put("eom", "eom_token_id");
    keys.put("unk", "unknown_token_id");
    keys.put("pad", "padding_token_id");
    Map<String, Integer> ids = new HashMap<>();
    keys.forEach((purpose, key) -> {
      if (metadata.contains(PREFIX + key)) {
        int id = metadata.integer(PREFIX + key);
        if (id < 0 || id >= texts.length) {
          throw new MalformedFile(
              "the tokenizer", -1, "%s is %d, which is no token".formatted(key, id));
        }
        ids.put(purpose, id);
      }
    });
    return Map.copyOf(ids);
  }

  /// Number of tokens.
  public int size() {
    return texts.length;
  }

  /// A token's text as the file writes it.
  public String text(int token) {
    return texts[token];
  }

  Kind kind(int token) {
    return kinds[token];
  }

  float score(int token) {
    return scores.length == 0 ? 0 : scores[token];
  }

  TokenTrie controlTokens() {
    return controlTokens;
  }

  /// Whether a token is markup and no text.
  public boolean isControl(int token) {
    return kinds[token] == Kind.CONTROL;
  }

  /// Whether a text is a token that is markup.
  public boolean isControl(String text) {
    TokenTrie.Match match = controlTokens.longest(text, 0);
    return match != null && match.length() == text.length();
  }

  /// The tokens with which a model ends its turn.
  public Set<Integer> endsOfTurn() {
    return Set.copyOf(endsOfTurn);
  }

  /// Whether a prompt begins with [#beginningOfText].
  public boolean addsBeginningOfText() {
    return addsBeginningOfText;
  }

  /// The token at the beginning of a text.
  public OptionalInt beginningOfText() {
    return purpose("bos");
  }

  /// The token at the end of a text.
  public OptionalInt endOfText() {
    return purpose("eos");
  }

  OptionalInt unknown() {
    return purpose("unk");
  }

  private OptionalInt purpose(String name) {
    Integer id = purposes.get(name);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /// What chat templates call `bos_token`, `eos_token`, `unk_token` and `pad_token`.
  public Map<String, String> templateVariables() {
    Map<String, String> variables = new HashMap<>();
    for (String purpose : new String[] {"bos", "eos", "unk", "pad"}) {
      Integer id = purposes.get(purpose);
      if (id != null) {
        variables.put(purpose + "_token", texts[id]);
      }
    }
    return variables;
  }
}
