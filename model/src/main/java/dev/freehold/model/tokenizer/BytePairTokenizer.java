package dev.freehold.model.tokenizer;

import dev.freehold.chat.MalformedFile;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Byte-level byte-pair encoding, as GPT-2 introduced it: text is cut into pieces, each piece
/// begins as its bytes, and the neighbours with the lowest rank are merged until none can be.
///
/// A queue finds the next merge, so that a piece of n bytes takes n log n steps.
final class BytePairTokenizer extends Tokenizer {

  private final PreTokenizer preTokenizer;
  private final byte[][] bytes;
  private final int[] tokenOfByte = new int[256];
  private final MergeTable merges;
  private final Map<String, Integer> wholeWords;
  private final TokenTrie userDefined = new TokenTrie();

  BytePairTokenizer(Vocabulary vocabulary, TokenizerDescription description) {
    super(vocabulary);
    preTokenizer = PreTokenizers.named(description.pre());
    bytes = new byte[vocabulary.size()][];
    Map<String, Integer> byText = HashMap.newHashMap(vocabulary.size());
    for (int id = 0; id < bytes.length; id++) {
      String text = vocabulary.text(id);
      switch (vocabulary.kind(id)) {
        case NORMAL, UNUSED, BYTE -> {
          bytes[id] = ByteLetters.bytes(text);
          byText.putIfAbsent(text, id);
        }
        case USER_DEFINED -> {
          bytes[id] = text.getBytes(StandardCharsets.UTF_8);
          if (!text.isEmpty()) {
            userDefined.add(text, id);
          }
        }
        case CONTROL, UNKNOWN -> bytes[id] = new byte[0];
      }
    }
    for (int b = 0; b < 256; b++) {
      // Some vocabularies lack bytes that no text has, such as most control characters. They are
      // left out, as the model was taught: the unknown token may be the one that ends a text.
      tokenOfByte[b] = byText.getOrDefault(String.valueOf(ByteLetters.letter(b)), -1);
    }
    merges = merges(description.merges(), byText);
    wholeWords = preTokenizer.wholeWords() ? byText : Map.of();
  }

  static MergeTable merges(String[] lines, Map<String, Integer> byText) {
    var table = new MergeTable(lines.length);
    for (int rank = 0; rank < lines.length; rank++) {
      String line = lines[rank];
      int space = line.indexOf(' ', 1);
      Integer left = space < 0 ? null : byText.get(line.substring(0, space));
      Integer right = space < 0 ? null : byText.get(line.substring(space + 1));
      Integer both =
          space < 0 ? null : byText.get(line.substring(0, space) + line.substring(space + 1));
      if (left == null || right == null || both == null) {
        throw new MalformedFile(
            "the tokenizer", -1, "merge %d, '%s', is not made of tokens".formatted(rank, line));
      }
      table.add(left, right, rank, both);
    }
    return table;
  }

  @Override
  public byte[] bytes(int token) {
    return bytes[token].clone();
  }

  @Override
  void encodePlain(String plain, boolean first, Tokens tokens) {
    String text =
        preTokenizer.composes() ? Normalizer.normalize(plain, Normalizer.Form.NFC) : plain;
    if (userDefined.isEmpty()) {
      encodePieces(text, tokens);
      return;
    }
    int from = 0;
    for (int i = 0; i < text.length(); ) {
      TokenTrie.Match match = userDefined.longest(text, i);
      if (match == null) {
        i++;
        continue;
      }
      encodePieces(text.substring(from, i), tokens);
      tokens.add(match.token());
      i += match.length();
      from = i;
    }
    encodePieces(text.substring(from), tokens);
  }

  private void encodePieces(String text, Tokens tokens) {
    preTokenizer.cut(
        text,
        (start, end) -> {
          byte[] piece = text.substring(start, end).getBytes(StandardCharsets.UTF_8);
          for (int from = 0; from < piece.length; ) {
            int to = preTokenizer.nextCut(piece, from);
            encodePiece(
                from == 0 && to == piece.length ? piece : Arrays.copyOfRange(piece, from, to),
                tokens);
            from = to;
          }
        });
  }

  private void encodePiece(byte[] piece, Tokens tokens) {
    Integer whole = wholeWords.isEmpty() ? null : wholeWords.get(ByteLetters.letters(piece));
    if (whole == null) {
      merge(piece, tokens);
    } else {
      tokens.add(whole);
    }
  }

  private void merge(byte[] piece, Tokens tokens) {
    int[] symbols = new int[piece.length];
    int length = 0;
    for (byte b : piece) {
      int token = tokenOfByte[b & 0xFF];
      if (token >= 0) {
        symbols[length++] = token;
      }
    }
    int[] next = new int[length];
    int[] previous = new int[length];
    for (int i = 0; i < length; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    var queue = new MergeQueue(length);
    for (int i = 0; i + 1 < length; i++) {
      offer(queue, symbols, i, i + 1);
    }
    while (!queue.isEmpty()) {
      long entry = queue.poll();
      int left = MergeQueue.position(entry);
      int right = next[left];
      if (symbols[left] < 0
          || right >= length
          || merges.rank(symbols[left], symbols[right]) != MergeQueue.order(entry)) {
        continue;
      }
      symbols[left] = merges.merged(symbols[left], symbols[right]);
      symbols[right] = -1;
      next[left] = next[right];
      if (next[left] < length) {
        previous[next[left]] = left;
        offer(queue, symbols, left, next[left]);
      }
      if (previous[left] >= 0) {
        offer(queue, symbols, previous[left], left);
      }
    }
    for (int i = 0; i < length; i = next[i]) {
      tokens.add(symbols[i]);
    }
  }

  private void offer(MergeQueue queue, int[] symbols, int left, int right) {
    int rank = merges.rank(symbols[left], symbols[right]);
    if (rank >= 0) {
      queue.add(rank, left);
    }
  }
}
