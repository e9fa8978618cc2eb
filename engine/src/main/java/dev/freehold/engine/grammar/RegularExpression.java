package dev.freehold.engine.grammar;

import static dev.freehold.engine.grammar.Expression.UNBOUNDED;

import dev.freehold.chat.InvalidRequest;
import java.util.ArrayList;
import java.util.List;

/// Reads regular expressions of ECMA-262 with the `u` flag, as JSON Schema's `pattern` has them:
/// all of them that describe a regular set by consuming it. Lookaround, back references and word
/// boundaries are refused by name.
///
/// Reading takes time in proportion to the length; what may be repeated is bounded, since a mere
/// handful of nested counts can stand for more states than there is memory.
final class RegularExpression {

  /// Most repetitions, nested counts multiplied.
  static final int MOST_REPETITIONS = 10_000;

  static final int DEEPEST = 100;

  private static final CodePoints DIGITS = CodePoints.of('0', '9');
  private static final CodePoints WORD =
      DIGITS
          .plus(CodePoints.of('a', 'z'))
          .plus(CodePoints.of('A', 'Z'))
          .plus(CodePoints.anyOf("_"));
  private static final CodePoints SPACE =
      CodePoints.anyOf("\t\n\u000b\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff")
          .plus(CodePoints.of(0x2000, 0x200a));
  private static final CodePoints LINE_END = CodePoints.anyOf("\n\r\u2028\u2029");
  private static final CodePoints IN_LINE = LINE_END.complement();

  private final String source;
  private final Size size;
  private final String field;
  private final boolean whole;
  private int at;
  private int depth;

  /// The largest product of nested counts so far.
  private int repetitions = 1;

  private RegularExpression(String source, Size size, String field, boolean whole) {
    this.source = source;
    this.size = size;
    this.field = field;
    this.whole = whole;
  }

  /// The texts that match as a whole; anchors at the ends say nothing more and are taken.
  ///
  /// @param size of the form it is part of
  /// @param field the field it came in, for errors
  /// @throws InvalidRequest where it is malformed or asks for what is not served
  static Expression whole(String source, Size size, String field) {
    return new RegularExpression(source, size, field, true).read();
  }

  /// The texts in which a match is found somewhere, as `pattern` has it.
  static Expression anywhere(String source, Size size, String field) {
    return new RegularExpression(source, size, field, false).read();
  }

  private Expression read() {
    Expression read = alternatives(true);
    if (at < source.length()) {
      throw wrong("an unmatched )");
    }
    return read;
  }

  private Expression alternatives(boolean top) {
    if (++depth > DEEPEST) {
      throw wrong("groups nested deeper than %d".formatted(DEEPEST));
    }
    List<Expression> all = new ArrayList<>();
    do {
      all.add(alternative(top));
    } while (take('|'));
    depth--;
    return all.size() == 1 ? all.getFirst() : new Expression.Choice(all);
  }

  private Expression alternative(boolean top) {
    takes(Size.ATOM);
    List<Expression> parts = new ArrayList<>();
    boolean fromStart = false;
    boolean toEnd = false;
    if (top) {
      while (take('^')) {
        fromStart = true;
      }
    }
    while (at < source.length() && peek() != '|' && peek() != ')') {
      if (peek() == '$' && top) {
        at++;
        toEnd = true;
      } else if (toEnd) {
        throw wrong("text after $, which never matches");
      } else {
        parts.add(repeated());
      }
    }
    if (!whole && top) {
      Expression anything = Expression.atLeast(0, new Expression.Characters(CodePoints.ALL));
      if (!fromStart) {
        parts.addFirst(anything);
      }
      if (!toEnd) {
        parts.addLast(anything);
      }
    }
    return new Expression.Sequence(parts);
  }

  private Expression repeated() {
    int beside = repetitions;
    repetitions = 1;
    Expression body = atom();
    int[] times = times();
    int most = times.length == 0 ? 1 : Math.max(1, Math.max(times[0], times[1]));
    if ((long) repetitions * most > MOST_REPETITIONS) {
      throw wrong("more than %,d repetitions in all".formatted(MOST_REPETITIONS));
    }
    repetitions = Math.max(beside, repetitions * most);
    if (times.length == 0) {
      return body;
    }
    if (at < source.length() && "*+?{".indexOf(peek()) >= 0) {
      throw wrong("nothing to repeat");
    }
    return new Expression.Repeat(body, times[0], times[1]);
  }

  /// Least and most of a quantifier, or nothing where there is none.
  private int[] times() {
    int[] times;
    if (take('*')) {
      times = new int[] {0, UNBOUNDED};
    } else if (take('+')) {
      times = new int[] {1, UNBOUNDED};
    } else if (take('?')) {
      times = new int[] {0, 1};
    } else if (at < source.length() && peek() == '{') {
      at++;
      int min = count();
      int max = min;
      if (take(',')) {
        max = peek() == '}' ? UNBOUNDED : count();
      }
      expect('}');
      if (max != UNBOUNDED && max < min) {
        throw wrong("a repetition from %d to %d".formatted(min, max));
      }
      times = new int[] {min, max};
    } else {
      return new int[0];
    }
    // Lazy or not, the same texts match.
    take('?');
    return times;
  }

  private int count() {
    int from = at;
    while (at < source.length() && Character.isDigit(peek()) && at - from < 6) {
      at++;
    }
    if (from == at) {
      throw wrong("a { that is neither escaped nor a count");
    }
    int count = Integer.parseInt(source.substring(from, at));
    if (count > MOST_REPETITIONS) {
      throw wrong("more than %,d repetitions in all".formatted(MOST_REPETITIONS));
    }
    return count;
  }

  private Expression atom() {
    int c = source.codePointAt(at);
    takes("([.\\".indexOf(c) >= 0 ? Size.ATOM : Size.CHARACTER);
    at += Character.charCount(c);
    return switch (c) {
      case '(' -> group();
      case '[' -> new Expression.Characters(new CharacterClass(this).read());
      case '.' -> new Expression.Characters(IN_LINE);
      case '\\' -> escape();
      case '^', '$' -> throw wrong("the anchor %c inside the expression".formatted(c));
      case '*', '+', '?', '{' -> throw wrong("nothing to repeat");
      case '}', ']' -> throw wrong("an unmatched %c".formatted(c));
      default -> Expression.text(Character.toString(c));
    };
  }

  private Expression group() {
    if (take('?')) {
      if (take('<')) {
        if (at < source.length() && (peek() == '=' || peek() == '!')) {
          throw wrong("lookbehind");
        }
        while (at < source.length() && (Character.isLetterOrDigit(peek()) || peek() == '_')) {
          at++;
        }
        expect('>');
      } else if (!take(':')) {
        throw wrong("lookahead or another group of the kind (?");
      }
    }
    Expression inside = alternatives(false);
    expect(')');
    return inside;
  }

  private Expression escape() {
    if (at < source.length()) {
      char c = peek();
      if (c == 'b' || c == 'B') {
        throw wrong("the word boundary \\%c".formatted(c));
      }
      if ((c >= '1' && c <= '9') || c == 'k') {
        throw wrong("a back reference");
      }
    }
    return new Expression.Characters(escapedSet());
  }

  /// What stands behind a backslash, as a set.
  CodePoints escapedSet() {
    if (at >= source.length()) {
      throw wrong("a backslash at the end");
    }
    char c = source.charAt(at++);
    return switch (c) {
      case 'd' -> DIGITS;
      case 'D' -> DIGITS.complement();
      case 'w' -> WORD;
      case 'W' -> WORD.complement();
      case 's' -> SPACE;
      case 'S' -> SPACE.complement();
      case 't' -> CodePoints.anyOf("\t");
      case 'n' -> CodePoints.anyOf("\n");
      case 'r' -> CodePoints.anyOf("\r");
      case 'f' -> CodePoints.anyOf("\f");
      case 'v' -> CodePoints.anyOf("\u000b");
      case '0' -> CodePoints.anyOf("\0");
      case 'x' -> one(hex(2));
      case 'u' -> one(unicode());
      case 'c' -> one(control());
      case 'p', 'P' -> throw wrong("the property \\%c".formatted(c));
      default -> {
        if (Character.isLetterOrDigit(c)) {
          throw wrong("the escape \\%c".formatted(c));
        }
        yield CodePoints.anyOf(String.valueOf(c));
      }
    };
  }

  private CodePoints one(int codePoint) {
    if (codePoint > Character.MAX_CODE_POINT
        || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE)) {
      throw wrong("a code point that is no character");
    }
    return CodePoints.of(codePoint, codePoint);
  }

  private int control() {
    if (at >= source.length() || !Character.isLetter(peek())) {
      throw wrong("\\c without a letter");
    }
    return source.charAt(at++) % 32;
  }

  private int unicode() {
    if (take('{')) {
      int from = at;
      while (at < source.length() && peek() != '}' && at - from < 6) {
        at++;
      }
      int value = number(source.substring(from, at));
      expect('}');
      return value;
    }
    int high = hex(4);
    boolean pair = Character.isHighSurrogate((char) high) && source.startsWith("\\u", at);
    if (pair) {
      at += 2;
      int low = hex(4);
      return Character.toCodePoint((char) high, (char) low);
    }
    return high;
  }

  private int hex(int digits) {
    int end = Math.min(at + digits, source.length());
    int value = number(source.substring(at, end));
    at = end;
    return value;
  }

  private int number(String hex) {
    if (hex.isEmpty() || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
      throw wrong("an escape without its digits");
    }
    return Integer.parseInt(hex, 16);
  }

  /// Counts what is about to be read.
  void takes(int parts) {
    size.add(parts, field);
  }

  boolean atEnd() {
    return at >= source.length();
  }

  char peek() {
    if (at >= source.length()) {
      throw wrong("an end in the middle");
    }
    return source.charAt(at);
  }

  int takeCodePoint() {
    peek();
    int c = source.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  boolean take(char c) {
    if (at < source.length() && source.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!take(c)) {
      throw wrong("a missing %c".formatted(c));
    }
  }

  InvalidRequest wrong(String what) {
    String shown = source.length() > 60 ? source.substring(0, 60) + "…" : source;
    return new InvalidRequest(
        "%s: the regular expression '%s' has %s at character %d, which is not supported."
            .formatted(field, shown, what, at),
        field);
  }
}
