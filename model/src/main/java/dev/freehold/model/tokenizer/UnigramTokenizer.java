package dev.freehold.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// SentencePiece's unigram model, as T5 uses it: of all ways to cut a text into pieces, the one
/// whose scores sum to the most (Kudo, arXiv 1804.10959), found with Viterbi's algorithm.
///
/// A character that is in no piece is unknown, at a price below every score, or becomes its bytes
/// where the vocabulary has them; unknown neighbours are one.
final class UnigramTokenizer extends Tokenizer {

  private static final char SPACE = '\u2581';
  private static final double PENALTY = 10;

  private final Map<String, Integer> pieces;
  private final byte[][] bytes;
  private final int[] tokenOfByte = new int[256];
  private final boolean byteFallback;
  private final TokenTrie userDefined = new TokenTrie();
  private final int longestPiece;
  private final double unknownScore;
  private final int unknown;
  private final boolean addsSpace;
  private final boolean mergesSpaces;
  private final CharacterMap map;

  UnigramTokenizer(Vocabulary vocabulary, TokenizerDescription description) {
    super(vocabulary);
    addsSpace = description.flag("add_space_prefix", true);
    mergesSpaces = description.flag("remove_extra_whitespaces", true);
    map = new CharacterMap(description.charsmap());
    unknown = vocabulary.unknown().orElse(-1);
    bytes = new byte[vocabulary.size()][];
    pieces = HashMap.newHashMap(bytes.length);
    Arrays.fill(tokenOfByte, -1);
    int longest = 0;
    double lowest = 0;
    for (int id = 0; id < bytes.length; id++) {
      String text = vocabulary.text(id);
      bytes[id] = text.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
      switch (vocabulary.kind(id)) {
        case NORMAL, UNUSED -> {
          pieces.putIfAbsent(text, id);
          longest = Math.max(longest, text.length());
          lowest = Math.min(lowest, vocabulary.score(id));
        }
        case USER_DEFINED -> {
          if (!text.isEmpty()) {
            userDefined.add(text, id);
          }
        }
        case BYTE -> {
          int value = SentencePieceTokenizer.byteValue(text);
          bytes[id] = new byte[] {(byte) value};
          tokenOfByte[value] = id;
        }
        case UNKNOWN -> bytes[id] = "\uFFFD".getBytes(StandardCharsets.UTF_8);
        case CONTROL -> bytes[id] = new byte[0];
      }
    }
    longestPiece = longest;
    unknownScore = lowest - PENALTY;
    byteFallback = Arrays.stream(tokenOfByte).noneMatch(token -> token < 0);
  }

  @Override
  public byte[] bytes(int token) {
    return bytes[token].clone();
  }

  @Override
  public boolean addsLeadingSpace() {
    return addsSpace;
  }

  @Override
  public String decode(int... tokens) {
    String text = super.decode(tokens);
    return addsSpace && text.startsWith(" ") ? text.substring(1) : text;
  }

  @Override
  void encodePlain(String text, boolean first, Tokens tokens) {
    int from = 0;
    for (int i = 0; i < text.length() && !userDefined.isEmpty(); ) {
      TokenTrie.Match match = userDefined.longest(text, i);
      if (match == null) {
        i++;
        continue;
      }
      best(normal(text.substring(from, i)), tokens);
      tokens.add(match.token());
      i += match.length();
      from = i;
    }
    best(normal(text.substring(from)), tokens);
  }

  private String normal(String text) {
    String mapped = map.apply(text);
    if (mergesSpaces) {
      mapped = mapped.replaceAll(" {2,}", " ");
      mapped = mapped.startsWith(" ") ? mapped.substring(1) : mapped;
      mapped = mapped.endsWith(" ") ? mapped.substring(0, mapped.length() - 1) : mapped;
    }
    if (addsSpace && !mapped.isEmpty()) {
      mapped = " " + mapped;
    }
    return mapped.replace(' ', SPACE);
  }

  private void best(String text, Tokens tokens) {
    int length = text.length();
    double[] score = new double[length + 1];
    int[] start = new int[length + 1];
    int[] token = new int[length + 1];
    Arrays.fill(score, 1, length + 1, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < length; ) {
      int character = Character.charCount(text.codePointAt(i));
      boolean single = false;
      for (int end = i + 1; end <= Math.min(length, i + longestPiece); end++) {
        Integer piece = pieces.get(text.substring(i, end));
        if (piece != null) {
          single |= end == i + character;
          offer(score, start, token, i, end, piece, vocabulary().score(piece));
        }
      }
      if (!single) {
        offer(score, start, token, i, i + character, -1, unknownScore);
      }
      i += character;
    }
    int[] path = new int[length + 1];
    int count = 0;
    for (int end = length; end > 0; end = start[end]) {
      path[count++] = end;
    }
    boolean unknownBefore = false;
    for (int i = count - 1; i >= 0; i--) {
      int end = path[i];
      if (token[end] >= 0) {
        tokens.add(token[end]);
      } else if (byteFallback) {
        for (byte b : text.substring(start[end], end).getBytes(StandardCharsets.UTF_8)) {
          tokens.add(tokenOfByte[b & 0xFF]);
        }
      } else if (!unknownBefore && unknown >= 0) {
        tokens.add(unknown);
      }
      unknownBefore = token[end] < 0;
    }
  }

  private static void offer(
      double[] score, int[] start, int[] token, int from, int end, int piece, double price) {
    double sum = score[from] + price;
    if (sum > score[end]) {
      score[end] = sum;
      start[end] = from;
      token[end] = piece;
    }
  }
}
