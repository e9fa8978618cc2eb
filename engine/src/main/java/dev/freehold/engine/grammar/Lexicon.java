package dev.freehold.engine.grammar;

import dev.freehold.model.tokenizer.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The tokens of a vocabulary as grammars see them: by their bytes.
///
/// Tokens that consist of characters that may stand in a JSON string as they are, most of any
/// vocabulary, are kept apart, by how many characters they have: inside a string all of them may
/// come, which need not be found out one by one (the context-independent tokens of XGrammar, arXiv
/// 2411.15100). Immutable, safe for use by many threads.
public final class Lexicon {

  private final int size;
  private final byte[][] bytes;
  private final TokenTree plain;
  private final TokenTree other;
  private final List<TokenMask> plainByLength = new ArrayList<>();
  private final boolean[] available = new boolean[256];
  private final Map<String, Integer> controls = new HashMap<>();
  private final Set<Integer> endsOfTurn;

  /// @param bytes the bytes of each token; none for a control token
  /// @param controls the control tokens by their text
  /// @param endsOfTurn the tokens that end a turn
  Lexicon(byte[][] bytes, Map<String, Integer> controls, Set<Integer> endsOfTurn) {
    this.size = bytes.length;
    this.bytes = bytes;
    this.controls.putAll(controls);
    this.endsOfTurn = Set.copyOf(endsOfTurn);
    List<TokenTree.Text> plainTexts = new ArrayList<>();
    List<TokenTree.Text> otherTexts = new ArrayList<>();
    Map<Integer, Integer> lengths = new HashMap<>();
    for (int token = 0; token < size; token++) {
      byte[] text = bytes[token];
      if (text.length == 1) {
        available[text[0] & 0xFF] = true;
      }
      int characters = plainCharacters(text);
      if (characters > 0) {
        plainTexts.add(new TokenTree.Text(token, text));
        lengths.put(token, characters);
      } else if (text.length > 0) {
        otherTexts.add(new TokenTree.Text(token, text));
      }
    }
    plain = TokenTree.of(plainTexts);
    other = TokenTree.of(otherTexts);
    int longest = lengths.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    for (int length = 0; length <= longest; length++) {
      plainByLength.add(new TokenMask(size));
    }
    lengths.forEach((token, length) -> {
      for (int most = length; most <= longest; most++) {
        plainByLength.get(most).add(token, 0);
      }
    });
  }

  /// The tokens of a tokenizer.
  public static Lexicon of(Tokenizer tokenizer) {
    int size = tokenizer.vocabulary().size();
    byte[][] bytes = new byte[size][];
    Map<String, Integer> controls = new HashMap<>();
    Set<Integer> ends = tokenizer.vocabulary().endsOfTurn();
    for (int token = 0; token < size; token++) {
      bytes[token] = tokenizer.bytes(token);
      if (ends.contains(token)) {
        bytes[token] = new byte[0];
      } else if (tokenizer.vocabulary().isControl(token)) {
        bytes[token] = new byte[0];
        controls.putIfAbsent(tokenizer.vocabulary().text(token), token);
      }
    }
    return new Lexicon(bytes, controls, ends);
  }

  /// How many characters a text has that may stand in a JSON string; -1 where it holds others.
  private static int plainCharacters(byte[] text) {
    try {
      String decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
      boolean allPlain = decoded.codePoints().allMatch(c -> c >= 0x20 && c != '"' && c != '\\');
      return allPlain ? decoded.codePointCount(0, decoded.length()) : -1;
    } catch (CharacterCodingException _) {
      return -1;
    }
  }

  int size() {
    return size;
  }

  byte[] bytes(int token) {
    return bytes[token];
  }

  /// The tokens made of string characters only.
  TokenTree plain() {
    return plain;
  }

  /// The other tokens that are text.
  TokenTree other() {
    return other;
  }

  /// The most characters that a plain token has.
  int longestPlain() {
    return plainByLength.size() - 1;
  }

  /// The plain tokens of at most so many characters.
  TokenMask plainUpTo(int characters) {
    return plainByLength.get(Math.min(characters, longestPlain()));
  }

  /// Which bytes are a token by themselves.
  boolean[] available() {
    return available;
  }

  Map<String, Integer> controls() {
    return controls;
  }

  Set<Integer> endsOfTurn() {
    return endsOfTurn;
  }
}
