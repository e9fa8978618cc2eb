package dev.freehold.engine.grammar;

import static dev.freehold.engine.grammar.Expression.UNBOUNDED;

import dev.freehold.chat.InvalidRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads grammars in GBNF, the format of llama.cpp (grammars/README.md there): rules `name ::= …`
/// of literals, character classes, groups, alternatives and repetitions; texts begin with the rule
/// `root`. A token in angle brackets, `<think>`, is a control token by its text.
final class GbnfReader {

  private static final int DEEPEST = 100;

  private final String source;
  private final String field;
  private final Map<String, Expression> rules = new LinkedHashMap<>();
  private final Size size = new Size();
  private int at;
  private int depth;

  /// The largest product of nested counts so far.
  private int repetitions = 1;

  private GbnfReader(String source, String field) {
    this.source = source;
    this.field = field;
  }

  /// @param field the field it came in, for errors
  /// @throws InvalidRequest where it is malformed
  static Grammar read(String source, String field) {
    var reader = new GbnfReader(source, field);
    reader.blanks(true);
    while (reader.at < source.length()) {
      reader.rule();
    }
    if (!reader.rules.containsKey("root")) {
      throw reader.wrong("has no rule named root");
    }
    return new Grammar(reader.rules, "root");
  }

  private void rule() {
    String name = name();
    blanks(false);
    if (!source.startsWith("::=", at)) {
      throw wrong("lacks ::= behind the name of a rule");
    }
    at += 3;
    blanks(true);
    repetitions = 1;
    if (rules.putIfAbsent(name, alternatives(false)) != null) {
      throw wrong("has two rules named " + name);
    }
    if (at < source.length() && source.charAt(at) != '\n' && source.charAt(at) != '\r') {
      throw wrong("has something unexpected");
    }
    blanks(true);
  }

  private Expression alternatives(boolean nested) {
    if (++depth > DEEPEST) {
      throw wrong("nests groups deeper than %d".formatted(DEEPEST));
    }
    List<Expression> all = new ArrayList<>();
    all.add(sequence(nested));
    while (take('|')) {
      blanks(true);
      all.add(sequence(nested));
    }
    depth--;
    return all.size() == 1 ? all.getFirst() : new Expression.Choice(all);
  }

  private Expression sequence(boolean nested) {
    List<Expression> parts = new ArrayList<>();
    while (at < source.length() && begins(source.charAt(at))) {
      parts.add(repeated(nested));
    }
    return new Expression.Sequence(parts);
  }

  private static boolean begins(char c) {
    return "\"[(.<".indexOf(c) >= 0 || isName(c);
  }

  private Expression repeated(boolean nested) {
    int beside = repetitions;
    repetitions = 1;
    Expression body = element();
    blanks(nested);
    while (at < source.length() && "*+?{".indexOf(source.charAt(at)) >= 0) {
      int[] times = times();
      int most = Math.max(1, Math.max(times[0], times[1]));
      if ((long) repetitions * most > RegularExpression.MOST_REPETITIONS) {
        throw wrong(
            "repeats more than %,d times in all".formatted(RegularExpression.MOST_REPETITIONS));
      }
      repetitions *= most;
      body = new Expression.Repeat(body, times[0], times[1]);
      blanks(nested);
    }
    repetitions = Math.max(beside, repetitions);
    return body;
  }

  private int[] times() {
    char c = source.charAt(at++);
    return switch (c) {
      case '*' -> new int[] {0, UNBOUNDED};
      case '+' -> new int[] {1, UNBOUNDED};
      case '?' -> new int[] {0, 1};
      default -> counts();
    };
  }

  private int[] counts() {
    blanks(false);
    int min = peek() == ',' ? 0 : count();
    int max = min;
    if (take(',')) {
      blanks(false);
      max = peek() == '}' ? UNBOUNDED : count();
    }
    expect('}');
    if (max != UNBOUNDED && max < min) {
      throw wrong("repeats from %d to %d times".formatted(min, max));
    }
    return new int[] {min, max};
  }

  private int count() {
    int from = at;
    while (at < source.length() && Character.isDigit(source.charAt(at)) && at - from < 6) {
      at++;
    }
    if (from == at) {
      throw wrong("lacks a count");
    }
    int count = Integer.parseInt(source.substring(from, at));
    blanks(false);
    return count;
  }

  private Expression element() {
    char c = source.charAt(at);
    if (isName(c)) {
      return new Expression.Rule(name());
    }
    at++;
    return switch (c) {
      case '"' -> literal();
      case '[' -> new Expression.Characters(characterClass());
      case '.' -> new Expression.Characters(CodePoints.ALL);
      case '<' -> control();
      default -> {
        blanks(true);
        Expression inside = alternatives(true);
        expect(')');
        yield inside;
      }
    };
  }

  private Expression literal() {
    var text = new StringBuilder();
    while (peek() != '"') {
      text.appendCodePoint(character());
    }
    at++;
    return Expression.text(text.toString());
  }

  private CodePoints characterClass() {
    boolean not = take('^');
    List<CodePoints> sets = new ArrayList<>();
    while (peek() != ']') {
      size.add(Size.LETTER, field);
      int low = character();
      int high = low;
      if (peek() == '-' && at + 1 < source.length() && source.charAt(at + 1) != ']') {
        at++;
        high = character();
        if (high < low) {
          throw wrong("has a range that goes backwards");
        }
      }
      sets.add(CodePoints.of(low, high));
    }
    at++;
    CodePoints set = CodePoints.anyOf(sets);
    return not ? set.complement() : set;
  }

  private Expression control() {
    int end = source.indexOf('>', at);
    if (end < 0 || end - at > 200) {
      throw wrong("has a < without its >");
    }
    String token = source.substring(at - 1, end + 1);
    if (token.startsWith("<[")) {
      throw wrong("names a token by its number, which is not supported; write its text");
    }
    at = end + 1;
    return new Expression.Control(token);
  }

  private int character() {
    peek();
    int c = source.codePointAt(at);
    at += Character.charCount(c);
    if (c != '\\') {
      return c;
    }
    char escape = peek();
    at++;
    return switch (escape) {
      case 'x' -> hex(2);
      case 'u' -> hex(4);
      case 'U' -> hex(8);
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'n' -> '\n';
      case '\\', '"', '[', ']', '-', '^' -> escape;
      default -> throw wrong("has the escape \\%c, which is none".formatted(escape));
    };
  }

  private int hex(int digits) {
    int end = Math.min(at + digits, source.length());
    String text = source.substring(at, end);
    if (text.length() < digits || !text.chars().allMatch(GbnfReader::isHex)) {
      throw wrong("has an escape without its digits");
    }
    at = end;
    long value = Long.parseLong(text, 16);
    if (value > Character.MAX_CODE_POINT || (value >= 0xD800 && value <= 0xDFFF)) {
      throw wrong("has an escape of what is no character");
    }
    return (int) value;
  }

  private static boolean isHex(int c) {
    return c < 128 && Character.digit(c, 16) >= 0;
  }

  private String name() {
    int from = at;
    while (at < source.length() && isName(source.charAt(at))) {
      at++;
    }
    if (from == at) {
      throw wrong("lacks the name of a rule");
    }
    return source.substring(from, at);
  }

  private static boolean isName(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }

  /// Skips blanks and comments, and line breaks where they mean nothing.
  private void blanks(boolean linesToo) {
    while (at < source.length()) {
      char c = source.charAt(at);
      if (c == '#') {
        while (at < source.length() && source.charAt(at) != '\n') {
          at++;
        }
      } else if (c == ' ' || c == '\t' || (linesToo && (c == '\n' || c == '\r'))) {
        at++;
      } else {
        return;
      }
    }
  }

  private char peek() {
    if (at >= source.length()) {
      throw wrong("ends in the middle");
    }
    return source.charAt(at);
  }

  private boolean take(char c) {
    if (at < source.length() && source.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!take(c)) {
      throw wrong("lacks a %c".formatted(c));
    }
  }

  private InvalidRequest wrong(String what) {
    long line =
        source.substring(0, Math.min(at, source.length())).chars().filter(c -> c == '\n').count()
            + 1;
    return new InvalidRequest("%s %s (line %d).".formatted(field, what, line), field);
  }
}
