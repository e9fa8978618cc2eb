package dev.freehold.model.tokenizer;

import static java.util.stream.Collectors.toUnmodifiableSet;

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
  static final Set<String> ENDS_OF_TURN =
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

  private final String[] texts;
  private final Kind[] kinds;
  private final float[] scores;
  private final TokenTrie controlTokens = new TokenTrie();
  private final Map<String, Integer> purposes;
  private final Set<Integer> endsOfTurn = new TreeSet<>();
  private final Set<Integer> suppressed;
  private final boolean addsBeginningOfText;
  private final boolean addsEndOfText;
  private final boolean addsSeparator;
  private final boolean addsTwoSeparators;

  private Vocabulary(TokenizerDescription description) {
    texts = description.tokens();
    kinds = new Kind[texts.length];
    for (int id = 0; id < kinds.length; id++) {
      kinds[id] = Kind.values()[description.types()[id] - 1];
    }
    scores = description.scores();
    suppressed = Arrays.stream(description.suppressed()).boxed().collect(toUnmodifiableSet());
    purposes = purposes(description);
    addsBeginningOfText = description.flag("add_bos_token", addsBeginningByKind(description));
    boolean pieces = description.model().equals("bert");
    addsEndOfText = description.flag("add_eos_token", description.model().equals("t5"));
    addsSeparator =
        description.flag("add_sep_token", pieces || description.pre().equals("roberta-bpe"));
    addsTwoSeparators = addsEndOfText && addsSeparator && !pieces;
    String template = description.template();
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

  static Vocabulary of(TokenizerDescription description) {
    return new Vocabulary(description);
  }

  private static boolean addsBeginningByKind(TokenizerDescription description) {
    return Set.of("llama", "bert").contains(description.model())
        || Set.of("llama-bpe", "llama3", "llama-v3", "tekken", "pixtral", "lfm2", "falcon3")
            .contains(description.pre());
  }

  private static Map<String, Integer> purposes(TokenizerDescription description) {
    boolean bert = description.model().equals("bert");
    boolean t5 = description.model().equals("t5");
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("bos", "bos_token_id");
    keys.put("eos", "eos_token_id");
    keys.put("eot", "eot_token_id");
    keys.put("eom", "eom_token_id");
    keys.put("unk", "unknown_token_id");
    keys.put("pad", "padding_token_id");
    keys.put("sep", "seperator_token_id");
    Map<String, Integer> ids = new HashMap<>();
    keys.forEach((purpose, key) -> {
      Integer id = description.ids().get(key);
      if (id != null) {
        ids.put(purpose, id);
      }
    });
    // What converters leave out because it is the usual.
    int size = description.tokens().length;
    if (bert && size > 102) {
      ids.putIfAbsent("bos", description.ids().getOrDefault("cls_token_id", 101));
      ids.putIfAbsent("unk", 100);
      ids.putIfAbsent("sep", 102);
    }
    if (t5 && size > 2) {
      ids.putIfAbsent("eos", 1);
      ids.putIfAbsent("unk", 2);
    }
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

  /// The tokens that are never chosen.
  public Set<Integer> suppressed() {
    return suppressed;
  }

  /// Whether a prompt begins with [#beginningOfText].
  public boolean addsBeginningOfText() {
    return addsBeginningOfText;
  }

  /// The token with which a text to be embedded ends, if the model asks for one.
  OptionalInt closing() {
    if (addsEndOfText && endOfText().isPresent()) {
      return endOfText();
    }
    return addsEndOfText || addsSeparator ? separator() : OptionalInt.empty();
  }

  /// The token that stands after the first text's last one, if the model asks for one.
  OptionalInt secondSeparator() {
    if (!addsTwoSeparators) {
      return OptionalInt.empty();
    }
    return separator().isPresent() ? separator() : endOfText();
  }

  /// The token between and after texts of an encoder.
  public OptionalInt separator() {
    return purpose("sep");
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
