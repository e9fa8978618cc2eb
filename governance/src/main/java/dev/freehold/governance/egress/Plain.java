package dev.freehold.governance.egress;

import java.text.Normalizer;
import java.util.Arrays;

/// A text without its disguise, and where each character stands in the text as it was written.
///
/// Characters that nobody sees are dropped; spaces, hyphens and digits of all scripts,
/// compatibility forms (Unicode NFKC) and the letters that look like Latin ones become those of
/// ASCII. Escapes (of addresses, of JSON and of HTML) are undone where asked for.
///
/// @param text one character for each that is left
/// @param from index in the original where each begins
/// @param to index in the original where each ends
record Plain(String text, int[] from, int[] to) {

  // Cyrillic and Greek letters by the Latin ones that they look like.
  private static final String ALIKE = "АВЕЅІЈКМНОРСТУХасеѕіјорухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαν";
  private static final String LATIN = "ABESIJKMHOPCTYXacesijopyxhdqwABEZHIKMNOPTYXoav";

  /// The text undisguised.
  static Plain of(String written, boolean unescape) {
    var builder = new Builder(written.length());
    for (int i = 0; i < written.length(); ) {
      int ends = i;
      int point;
      Escape escape = unescape ? Escape.at(written, i) : Escape.NONE;
      if (escape.length() > 0) {
        point = escape.point();
        ends += escape.length();
      } else {
        point = written.codePointAt(i);
        ends += Character.charCount(point);
      }
      if (point < 0x80) {
        builder.add((char) (point == '\t' || point == '\r' ? ' ' : point), i, ends);
      } else {
        fold(point, i, ends, builder);
      }
      i = ends;
    }
    return builder.done();
  }

  private static void fold(int point, int start, int end, Builder builder) {
    switch (Character.getType(point)) {
      case Character.FORMAT, Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> {}
      case Character.SPACE_SEPARATOR -> builder.add(' ', start, end);
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> builder.add('\n', start, end);
      case Character.DASH_PUNCTUATION -> builder.add('-', start, end);
      case Character.DECIMAL_DIGIT_NUMBER ->
          builder.add((char) ('0' + Character.digit(point, 10)), start, end);
      default -> letter(point, start, end, builder);
    }
  }

  private static void letter(int point, int start, int end, Builder builder) {
    if (point == 0x3164 || point == 0x115f || point == 0x1160 || point == 0xffa0) {
      return; // Letters that are drawn as nothing.
    }
    if (point == 0x2212) {
      builder.add('-', start, end);
      return;
    }
    String folded = Normalizer.normalize(Character.toString(point), Normalizer.Form.NFKC);
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      int alike = ALIKE.indexOf(c);
      builder.add(alike < 0 ? c : LATIN.charAt(alike), start, end);
    }
  }

  /// Where a stretch of this text begins in the original.
  int start(int index) {
    return from[index];
  }

  /// Where a stretch of this text that ends before `index` ends in the original.
  int end(int index) {
    return to[index - 1];
  }

  /// An escape, undone.
  private record Escape(int length, int point) {
    static final Escape NONE = new Escape(0, 0);

    static Escape at(String text, int i) {
      return switch (text.charAt(i)) {
        case '%' -> hex(text, i + 1, 2, 3);
        case '\\' ->
            i + 1 >= text.length()
                ? NONE
                : switch (text.charAt(i + 1)) {
                  case 'u' -> hex(text, i + 2, 4, 6);
                  case 'x' -> hex(text, i + 2, 2, 4);
                  case 'n' -> new Escape(2, '\n');
                  default -> NONE;
                };
        case '&' -> entity(text, i);
        default -> NONE;
      };
    }

    private static Escape hex(String text, int start, int digits, int length) {
      int point = 0;
      for (int i = start; i < start + digits; i++) {
        int digit = i < text.length() ? Character.digit(text.charAt(i), 16) : -1;
        if (digit < 0) {
          return NONE;
        }
        point = point * 16 + digit;
      }
      // A byte of a longer character stays as it is.
      return digits == 2 && point > 0x7f ? NONE : new Escape(length, point);
    }

    private static Escape entity(String text, int i) {
      if (i + 2 >= text.length() || text.charAt(i + 1) != '#') {
        return NONE;
      }
      boolean hex = text.charAt(i + 2) == 'x' || text.charAt(i + 2) == 'X';
      int point = 0;
      int at = i + (hex ? 3 : 2);
      int first = at;
      while (at < text.length() && at - first < 6) {
        int digit = Character.digit(text.charAt(at), hex ? 16 : 10);
        if (digit < 0) {
          break;
        }
        point = point * (hex ? 16 : 10) + digit;
        at++;
      }
      return at > first
              && at < text.length()
              && text.charAt(at) == ';'
              && Character.isValidCodePoint(point)
          ? new Escape(at + 1 - i, point)
          : NONE;
    }
  }

  private static final class Builder {
    private final StringBuilder text;
    private int[] from;
    private int[] to;

    Builder(int size) {
      text = new StringBuilder(size);
      from = new int[size + 8];
      to = new int[size + 8];
    }

    void add(char c, int start, int end) {
      int at = text.length();
      if (at == from.length) {
        from = Arrays.copyOf(from, at * 2);
        to = Arrays.copyOf(to, at * 2);
      }
      from[at] = start;
      to[at] = end;
      text.append(c);
    }

    Plain done() {
      return new Plain(text.toString(), from, to);
    }
  }
}
