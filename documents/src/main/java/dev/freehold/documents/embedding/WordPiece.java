package dev.freehold.documents.embedding;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;

/// BERT's uncased WordPiece tokenizer: cleaned, lower-cased, accents stripped, split at blanks and
/// punctuation, each word cut greedily into the longest pieces of the vocabulary.
///
/// Follows "BERT: Pre-training of Deep Bidirectional Transformers" (arXiv 1810.04805) and the
/// normaliser that the model's own tokenizer file names. Immutable.
final class WordPiece {

  private static final int LONGEST_WORD = 100;

  private final Map<String, Integer> vocabulary;
  private final int unknown;
  private final int start;
  private final int end;

  WordPiece(Map<String, Integer> vocabulary) {
    this.vocabulary = Map.copyOf(vocabulary);
    this.unknown = id("[UNK]");
    this.start = id("[CLS]");
    this.end = id("[SEP]");
  }

  private int id(String token) {
    Integer id = vocabulary.get(token);
    if (id == null) {
      throw new IllegalArgumentException("The vocabulary has no %s.".formatted(token));
    }
    return id;
  }

  /// The tokens of a text between the marks of its start and end.
  long[] encode(String text) {
    List<Integer> ids = new ArrayList<>();
    ids.add(start);
    pieces(text, ids::add);
    ids.add(end);
    return ids.stream().mapToLong(Integer::longValue).toArray();
  }

  /// How many tokens a text takes, the two marks left out.
  int count(String text) {
    int[] count = new int[1];
    pieces(text, _ -> count[0]++);
    return count[0];
  }

  private void pieces(String text, IntConsumer sink) {
    var word = new StringBuilder();
    String clean = normal(text);
    for (int i = 0; i < clean.length(); ) {
      int c = clean.codePointAt(i);
      i += Character.charCount(c);
      if (blank(c)) {
        word(word, sink);
      } else if (punctuation(c) || ideograph(c)) {
        word(word, sink);
        word.appendCodePoint(c);
        word(word, sink);
      } else {
        word.appendCodePoint(c);
      }
    }
    word(word, sink);
  }

  private static String normal(String text) {
    var clean = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (blank(c)) {
            clean.append(' ');
          } else if (c != 0 && c != 0xFFFD && !control(c)) {
            clean.appendCodePoint(c);
          }
        });
    var stripped = new StringBuilder(clean.length());
    Normalizer.normalize(clean, Normalizer.Form.NFD)
        .codePoints()
        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
        .forEach(stripped::appendCodePoint);
    return stripped.toString().toLowerCase(Locale.ROOT);
  }

  private void word(StringBuilder word, IntConsumer sink) {
    if (word.isEmpty()) {
      return;
    }
    String whole = word.toString();
    word.setLength(0);
    int[] ends = ends(whole);
    if (ends.length - 1 > LONGEST_WORD) {
      sink.accept(unknown);
      return;
    }
    List<Integer> found = new ArrayList<>();
    int from = 0;
    while (from < ends.length - 1) {
      int to = ends.length - 1;
      Integer id = null;
      for (; to > from; to--) {
        String piece = whole.substring(ends[from], ends[to]);
        id = vocabulary.get(from == 0 ? piece : "##" + piece);
        if (id != null) {
          break;
        }
      }
      if (id == null) {
        sink.accept(unknown);
        return;
      }
      found.add(id);
      from = to;
    }
    found.forEach(sink::accept);
  }

  // Where each code point begins, and the end.
  private static int[] ends(String word) {
    int[] ends = new int[word.codePointCount(0, word.length()) + 1];
    for (int i = 0, at = 0; i < ends.length; i++) {
      ends[i] = at;
      if (at < word.length()) {
        at += Character.charCount(word.codePointAt(at));
      }
    }
    return ends;
  }

  private static boolean blank(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || Character.getType(c) == Character.SPACE_SEPARATOR
        || c == 0x2028
        || c == 0x2029
        || c == 0x85
        || c == 0x0b
        || c == 0x0c;
  }

  private static boolean control(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.PRIVATE_USE
        || type == Character.SURROGATE
        || type == Character.UNASSIGNED;
  }

  private static boolean punctuation(int c) {
    if ((c >= 33 && c <= 47)
        || (c >= 58 && c <= 64)
        || (c >= 91 && c <= 96)
        || (c >= 123 && c <= 126)) {
      return true;
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
        || (c >= 0x2B820 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }
}
