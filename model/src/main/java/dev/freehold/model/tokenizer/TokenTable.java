package dev.freehold.model.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// The tokens of a `tokenizer.json` by id: those of its model, and those added to it, which may
/// stand in their place or after them. Ids that no token has are unused ones.
final class TokenTable {

  private static final String SPACE = "\u2581";
  private static final int MOST_TOKENS = 1 << 21;

  /// Ids that no token need have, beside one for each that does: a number alone reserves no memory.
  private static final int MOST_UNUSED = 1 << 15;

  private final TokenizerTree tree;
  private String[] tokens = new String[0];
  private int[] types = new int[0];
  private float[] scores = new float[0];
  private OptionalInt unknown = OptionalInt.empty();

  TokenTable(TokenizerTree tree) {
    this.tree = tree;
  }

  String[] tokens() {
    return tokens;
  }

  int[] types() {
    return types;
  }

  float[] scores() {
    return scores;
  }

  OptionalInt unknown() {
    return unknown;
  }

  Map<String, Integer> byText() {
    Map<String, Integer> byText = HashMap.newHashMap(tokens.length);
    for (int id = 0; id < tokens.length; id++) {
      byText.putIfAbsent(tokens[id], id);
    }
    return byText;
  }

  /// @param named how many tokens there are at most that have a text
  private void grow(long size, long named) {
    if (size > 2 * named + MOST_UNUSED) {
      throw tree.malformed("it has ids up to %d for %d tokens".formatted(size - 1, named));
    }
    grow(size);
  }

  private void grow(long size) {
    if (size < 1 || size > MOST_TOKENS) {
      throw tree.malformed("it has %d tokens".formatted(size));
    }
    int before = tokens.length;
    tokens = Arrays.copyOf(tokens, (int) size);
    types = Arrays.copyOf(types, (int) size);
    if (scores.length > 0) {
      scores = Arrays.copyOf(scores, (int) size);
    }
    for (int id = before; id < size; id++) {
      tokens[id] = "[PAD" + id + "]";
      types[id] = TokenizerDescription.UNUSED;
    }
  }

  /// Makes it as long as a model has rows for its tokens.
  void fill(int rows) {
    if (rows < tokens.length) {
      throw tree.malformed(
          "it has %d tokens and the model %d rows for them".formatted(tokens.length, rows));
    }
    if (rows > tokens.length) {
      grow(rows);
    }
  }

  /// Reads a `vocab` that is an object of ids.
  ///
  /// @param continuing what begins a piece that continues a word; empty where nothing does
  void vocabulary(String continuing) {
    JsonNode vocab = tree.model().path("vocab");
    if (!vocab.isObject()) {
      throw tree.malformed("model.vocab is no object");
    }
    long highest = -1;
    for (var entry : vocab.properties()) {
      if (!entry.getValue().isIntegralNumber() || !entry.getValue().canConvertToInt()) {
        throw tree.malformed("a token's id is no whole number");
      }
      highest = Math.max(highest, entry.getValue().intValue());
    }
    grow(highest + 1, vocab.size());
    String unknownText = tree.model().path("unk_token").asString("");
    for (var entry : vocab.properties()) {
      int id = entry.getValue().intValue();
      if (id < 0) {
        throw tree.malformed("a token's id is negative");
      }
      String text = entry.getKey();
      if (types[id] != TokenizerDescription.UNUSED) {
        throw tree.malformed("tokens '%s' and '%s' share id %d".formatted(tokens[id], text, id));
      }
      types[id] = isByte(text) ? TokenizerDescription.BYTE : TokenizerDescription.NORMAL;
      if (text.equals(unknownText)) {
        types[id] = TokenizerDescription.UNKNOWN;
        unknown = OptionalInt.of(id);
      } else if (!continuing.isEmpty()) {
        text = text.startsWith(continuing) ? text.substring(continuing.length()) : SPACE + text;
      }
      tokens[id] = text;
    }
  }

  /// Reads a `vocab` that is a list of pieces with scores.
  void pieces() {
    JsonNode vocab = tree.model().path("vocab");
    if (!vocab.isArray()) {
      throw tree.malformed("model.vocab is no list");
    }
    grow(vocab.size());
    scores = new float[vocab.size()];
    for (int id = 0; id < scores.length; id++) {
      JsonNode piece = vocab.get(id);
      boolean sound =
          piece.isArray()
              && piece.size() == 2
              && piece.get(0).isString()
              && piece.get(1).isNumber();
      if (!sound) {
        throw tree.malformed("token %d is no piece with a score".formatted(id));
      }
      tokens[id] = piece.get(0).stringValue();
      scores[id] = piece.get(1).floatValue();
      types[id] = isByte(tokens[id]) ? TokenizerDescription.BYTE : TokenizerDescription.NORMAL;
    }
    int id = tree.model().path("unk_id").asInt(-1);
    if (id >= 0 && id < types.length) {
      types[id] = TokenizerDescription.UNKNOWN;
      unknown = OptionalInt.of(id);
    }
  }

  private boolean isByte(String text) {
    return tree.fallsBackToBytes() && text.matches("<0x[0-9A-F]{2}>");
  }

  /// Reads `added_tokens`.
  void added() {
    JsonNode all = tree.root().path("added_tokens");
    int highest = -1;
    for (JsonNode token : all) {
      int id = token.path("id").asInt(-1);
      if (id < 0 || id >= MOST_TOKENS) {
        throw tree.malformed("an added token has the id %s".formatted(token.path("id")));
      }
      highest = Math.max(highest, id);
    }
    if (highest >= tokens.length) {
      grow(highest + 1L, (long) tokens.length + all.size());
    }
    for (JsonNode token : all) {
      int id = token.path("id").asInt();
      tokens[id] = token.path("content").asString("");
      boolean special = token.path("special").asBoolean(false);
      if (types[id] != TokenizerDescription.UNKNOWN) {
        types[id] = special ? TokenizerDescription.CONTROL : TokenizerDescription.USER_DEFINED;
      }
    }
  }
}
