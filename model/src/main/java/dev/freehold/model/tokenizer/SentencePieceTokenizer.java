package dev.freehold.model.tokenizer;

import dev.freehold.chat.MalformedFile;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// SentencePiece's byte-pair model, as Llama 2 and Gemma use it: text begins as its characters, and
/// the neighbours that together are the piece with the highest score are merged until none can be.
/// A character that is no piece becomes its bytes.
///
/// A queue finds the next merge, so that n characters take n log n steps.
final class SentencePieceTokenizer extends Tokenizer {

  private static final char SPACE = '\u2581';
  private static final int NEVER = Integer.MAX_VALUE;

  private final Map<String, Integer> pieces;
  private final int longestPiece;
  private final byte[][] bytes;
  private final int[] tokenOfByte = new int[256];
  private final TokenTrie userDefined = new TokenTrie();
  private final boolean addsSpace;

  /// Pairs by rank, or null where pieces merge by their score.
  private final @Nullable MergeTable merges;

  SentencePieceTokenizer(Vocabulary vocabulary, TokenizerDescription description) {
    super(vocabulary);
    addsSpace = description.flag("add_space_prefix", description.model().equals("llama"));
    boolean byRank = description.merges().length > 0 || description.scores().length == 0;
    bytes = new byte[vocabulary.size()][];
    pieces = HashMap.newHashMap(bytes.length);
    Arrays.fill(tokenOfByte, vocabulary.unknown().orElse(-1));
    int longest = 0;
    for (int id = 0; id < bytes.length; id++) {
      String text = vocabulary.text(id).replace(' ', SPACE);
      bytes[id] = text.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
      switch (vocabulary.kind(id)) {
        case NORMAL -> {
          pieces.putIfAbsent(text, id);
          longest = Math.max(longest, text.length());
        }
        case USER_DEFINED -> {
          if (!text.isEmpty()) {
            userDefined.add(text, id);
          }
          if (byRank) {
            // Merges may lead over it.
            pieces.putIfAbsent(text, id);
            longest = Math.max(longest, text.length());
          }
        }
        case BYTE -> {
          int value = byteValue(text);
          bytes[id] = new byte[] {(byte) value};
          tokenOfByte[value] = id;
        }
        case UNKNOWN -> bytes[id] = "\uFFFD".getBytes(StandardCharsets.UTF_8);
        case CONTROL -> bytes[id] = new byte[0];
        case UNUSED -> {}
      }
    }
    longestPiece = longest;
    merges = byRank ? BytePairTokenizer.merges(description.merges(), pieces) : null;
  }

  static int byteValue(String text) {
    if (text.length() == 6 && text.startsWith("<0x") && text.endsWith(">")) {
      try {
        return HexFormat.fromHexDigits(text, 3, 5);
      } catch (NumberFormatException e) {
        throw notAByte(text);
      }
    }
    throw notAByte(text);
  }

  private static MalformedFile notAByte(String text) {
    return new MalformedFile(
        "the tokenizer", -1, "the token '%s' should name a byte".formatted(text));
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
    String escaped = (addsSpace && first ? " " + text : text).replace(' ', SPACE);
    int from = 0;
    for (int i = 0; i < escaped.length() && !userDefined.isEmpty(); ) {
      TokenTrie.Match match = userDefined.longest(escaped, i);
      if (match == null) {
        i++;
        continue;
      }
      merge(escaped.substring(from, i), tokens);
      tokens.add(match.token());
      i += match.length();
      from = i;
    }
    merge(escaped.substring(from), tokens);
  }

  private void merge(String text, Tokens tokens) {
    int length = text.length();
    // Where the symbol that starts here ends; 0 where none does.
    int[] end = new int[length];
    int[] previous = new int[length];
    var queue = new MergeQueue(length);
    int last = -1;
    for (int i = 0; i < length; i = end[i]) {
      end[i] = i + Character.charCount(text.codePointAt(i));
      previous[i] = last;
      last = i;
    }
    for (int i = 0; i < length; i = end[i]) {
      offer(queue, text, end, i);
    }
    while (!queue.isEmpty()) {
      long entry = queue.poll();
      int left = MergeQueue.position(entry);
      int right = end[left];
      if (right == 0 || right >= length) {
        continue;
      }
      int order = order(text, left, right, end[right]);
      if (order == NEVER || order != MergeQueue.order(entry)) {
        continue;
      }
      end[left] = end[right];
      end[right] = 0;
      if (end[left] < length) {
        previous[end[left]] = left;
      }
      offer(queue, text, end, left);
      if (previous[left] >= 0) {
        offer(queue, text, end, previous[left]);
      }
    }
    for (int i = 0; i < length; i = end[i]) {
      emit(text, i, end[i], tokens);
    }
  }

  private void offer(MergeQueue queue, String text, int[] end, int left) {
    if (end[left] < text.length()) {
      int order = order(text, left, end[left], end[end[left]]);
      if (order != NEVER) {
        queue.add(order, left);
      }
    }
  }

  private @Nullable Integer piece(String text, int start, int end) {
    return end - start > longestPiece ? null : pieces.get(text.substring(start, end));
  }

  /// An integer that is smaller for a pair to be merged earlier, or [#NEVER].
  private int order(String text, int left, int right, int end) {
    if (merges == null) {
      Integer merged = piece(text, left, end);
      return merged == null ? NEVER : order(merged);
    }
    Integer first = piece(text, left, right);
    Integer second = piece(text, right, end);
    int rank = first == null || second == null ? -1 : merges.rank(first, second);
    return rank < 0 ? NEVER : rank;
  }

  /// An integer that is smaller for a higher score.
  private int order(int token) {
    int bits = Float.floatToIntBits(vocabulary().score(token) + 0f);
    return ~(bits ^ ((bits >> 31) & Integer.MAX_VALUE));
  }

  private void emit(String text, int start, int end, Tokens tokens) {
    Integer piece = piece(text, start, end);
    if (piece != null) {
      tokens.add(piece);
      return;
    }
    for (byte b : text.substring(start, end).getBytes(StandardCharsets.UTF_8)) {
      int token = tokenOfByte[b & 0xFF];
      if (token >= 0) {
        tokens.add(token);
      }
    }
  }
}
