package dev.freehold.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// WordPiece, as BERT uses it: text is cleaned, cut into words, punctuation and ideographs, and
/// each word is the longest pieces that make it up from its beginning; a word that none do is
/// unknown.
///
/// As in GGUF, a piece that begins a word is written with U+2581 before it.
final class WordPieceTokenizer extends Tokenizer {

  private static final char START = '\u2581';

  /// BERT's own limit.
  private static final int LONGEST_WORD = 100;

  private final Map<String, Integer> pieces;
  private final byte[][] bytes;
  private final int longestPiece;
  private final int unknown;
  private final boolean lowercase;
  private final boolean stripAccents;

  WordPieceTokenizer(Vocabulary vocabulary, TokenizerDescription description) {
    super(vocabulary);
    lowercase = description.flag("normalizer.lowercase", true);
    stripAccents = description.flag("normalizer.strip_accents", lowercase);
    unknown = vocabulary.unknown().orElse(-1);
    pieces = HashMap.newHashMap(vocabulary.size());
    bytes = new byte[vocabulary.size()][];
    int longest = 0;
    for (int id = 0; id < bytes.length; id++) {
      String text = vocabulary.text(id);
      boolean control = vocabulary.isControl(id);
      bytes[id] = control ? new byte[0] : text.replace(START, ' ').getBytes(StandardCharsets.UTF_8);
      if (!control && !text.isEmpty()) {
        pieces.putIfAbsent(text, id);
        longest = Math.max(longest, text.length());
      }
    }
    longestPiece = longest;
  }

  @Override
  public byte[] bytes(int token) {
    return bytes[token].clone();
  }

  @Override
  public boolean addsLeadingSpace() {
    return true;
  }

  @Override
  public String decode(int... tokens) {
    String text = super.decode(tokens);
    return text.startsWith(" ") ? text.substring(1) : text;
  }

  @Override
  void encodePlain(String text, boolean first, Tokens tokens) {
    String clean = cleaned(text);
    int from = 0;
    for (int i = 0; i <= clean.length(); ) {
      int c = i == clean.length() ? ' ' : clean.codePointAt(i);
      boolean space = Character.isWhitespace(c) || Character.isSpaceChar(c);
      boolean alone = punctuation(c) || ideograph(c);
      int next = i + Character.charCount(c);
      if (space || alone) {
        word(clean.substring(from, i), tokens);
        if (alone) {
          word(clean.substring(i, next), tokens);
        }
        from = next;
      }
      i = next;
    }
  }

  private String cleaned(String text) {
    String decomposed = stripAccents ? Normalizer.normalize(text, Normalizer.Form.NFD) : text;
    var clean = new StringBuilder(decomposed.length());
    decomposed
        .codePoints()
        .forEach(c -> {
          if (c == '\t' || c == '\n' || c == '\r') {
            clean.append(' ');
          } else if (!dropped(c)) {
            clean.appendCodePoint(c);
          }
        });
    return lowercase ? clean.toString().toLowerCase(Locale.ROOT) : clean.toString();
  }

  private boolean dropped(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
      case Character.NON_SPACING_MARK -> stripAccents;
      default -> c == 0xFFFD;
    };
  }

  private static boolean punctuation(int c) {
    if (c < 128) {
      return c > ' ' && c < 127 && !Character.isLetterOrDigit(c);
    }
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  private static boolean ideograph(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x20000 && c <= 0x2A6DF)
        || (c >= 0x2A700 && c <= 0x2B73F)
        || (c >= 0x2B740 && c <= 0x2B81F)
        // The reference has this bound, where BERT's own code had 0x2B820.
        || (c >= 0x2B920 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }

  private void word(String word, Tokens tokens) {
    if (word.isEmpty()) {
      return;
    }
    var found = new Tokens();
    String marked = START + word;
    boolean whole = word.codePointCount(0, word.length()) <= LONGEST_WORD;
    for (int i = 0; i < marked.length() && whole; ) {
      Integer piece = null;
      // A mark that somebody wrote is a character, and no beginning of a word.
      boolean written = i > 0 && marked.charAt(i) == START;
      int end = Math.min(marked.length(), written ? i + 1 : i + longestPiece);
      // The mark alone is no piece of a word.
      for (; end > (i == 0 ? 1 : i); end--) {
        piece = pieces.get(marked.substring(i, end));
        if (piece != null) {
          found.add(piece);
          break;
        }
      }
      whole = piece != null;
      i = end;
    }
    if (whole) {
      for (int token : found.toArray()) {
        tokens.add(token);
      }
    } else if (unknown >= 0) {
      tokens.add(unknown);
    }
  }
}
