package dev.freehold.engine.grammar;

import static dev.freehold.engine.grammar.Expression.UNBOUNDED;
import static dev.freehold.engine.grammar.Expression.atLeast;
import static dev.freehold.engine.grammar.Expression.choice;
import static dev.freehold.engine.grammar.Expression.optional;
import static dev.freehold.engine.grammar.Expression.sequence;
import static dev.freehold.engine.grammar.Expression.text;
import static dev.freehold.engine.grammar.Expression.times;

import dev.freehold.engine.grammar.Expression.Member;
import dev.freehold.engine.grammar.Expression.Members;
import dev.freehold.engine.grammar.Expression.Rule;
import dev.freehold.engine.grammar.Expression.StringCharacters;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The pieces of JSON (RFC 8259) as expressions.
///
/// Between tokens stands nothing, a blank, or a line break with an indentation; that is enough for
/// every usual layout, and never goes on for ever. Whole numbers have at most 15 digits and
/// exponents two, so that every reader holds them exactly or nearly so.
final class JsonText {

  /// The rule for any value, and the rules it needs.
  private static final String VALUE = "json value";

  private static final String OBJECT = "json object";
  private static final String ARRAY = "json array";
  private static final String SPACE = "json space";

  /// Most digits before and after the point, where nothing else is said.
  static final int DIGITS = 15;

  private static final CodePoints DIGIT = CodePoints.of('0', '9');
  private static final CodePoints POSITIVE_DIGIT = CodePoints.of('1', '9');

  /// How control characters are escaped; sets of characters may need them many times over.
  private static final String[] CONTROLS =
      IntStream.range(0, 0x20).mapToObj("\\u%04x"::formatted).toArray(String[]::new);

  static final Expression DIGIT_CHARACTER = new Expression.Characters(DIGIT);

  /// Any value.
  static final Expression ANY = new Rule(VALUE);

  /// Any object.
  static final Expression ANY_OBJECT = new Rule(OBJECT);

  /// Any array.
  static final Expression ANY_ARRAY = new Rule(ARRAY);

  /// What may stand between tokens.
  static final Expression GAP = new Rule(SPACE);

  /// Between members and items.
  static final Expression COMMA = sequence(text(","), GAP);

  /// Between a name and its value.
  static final Expression COLON = sequence(text(":"), optional(text(" ")));

  static final Expression ANY_STRING = string(new StringCharacters(0, UNBOUNDED));

  /// A whole number of at most 15 digits; there is no -0.
  static final Expression ANY_INTEGER =
      choice(text("0"), sequence(optional(text("-")), positive(DIGITS)));

  static final Expression ANY_NUMBER =
      sequence(
          optional(text("-")),
          choice(text("0"), positive(DIGITS)),
          optional(sequence(text("."), times(1, DIGITS, DIGIT_CHARACTER))),
          optional(
              sequence(
                  new Expression.Characters(CodePoints.anyOf("eE")),
                  optional(new Expression.Characters(CodePoints.anyOf("+-"))),
                  times(1, 2, DIGIT_CHARACTER))));

  static final Expression BOOLEAN = choice(text("true"), text("false"));

  static final Expression NULL = text("null");

  private JsonText() {}

  /// What the expressions above refer to.
  static Map<String, Expression> rules() {
    return Map.of(
        SPACE,
        optional(
            choice(
                text(" "),
                sequence(
                    text("\n"), times(0, 20, new Expression.Characters(CodePoints.anyOf(" \t")))))),
        VALUE,
        choice(ANY_OBJECT, ANY_ARRAY, ANY_STRING, ANY_NUMBER, BOOLEAN, NULL),
        OBJECT,
        object(List.of(new Member(member(ANY_STRING, ANY), false, true))),
        ARRAY,
        array(new Members(COMMA, List.of(new Member(ANY, false, true)))));
  }

  static Expression string(Expression characters) {
    return sequence(text("\""), characters, text("\""));
  }

  static Expression member(Expression name, Expression value) {
    return sequence(name, COLON, value);
  }

  static Expression object(List<Member> members) {
    return sequence(text("{"), GAP, new Members(COMMA, members), GAP, text("}"));
  }

  static Expression array(Expression items) {
    return sequence(text("["), GAP, items, GAP, text("]"));
  }

  /// A whole number without sign or leading zero, of at most so many digits.
  static Expression positive(int digits) {
    return sequence(
        new Expression.Characters(POSITIVE_DIGIT), times(0, digits - 1, DIGIT_CHARACTER));
  }

  /// One character of a string, or the escape of one that is no surrogate and not U+0000. A slash
  /// is never escaped, so that the text means the same in Python.
  static Expression stringCharacter() {
    Expression hex = new Expression.Characters(CodePoints.anyOf("0123456789abcdefABCDEF"));
    Expression some = new Expression.Characters(CodePoints.anyOf("123456789abcdefABCDEF"));
    Expression first = new Expression.Characters(CodePoints.anyOf("123456789abcefABCEF"));
    Expression afterD = new Expression.Characters(CodePoints.of('0', '7'));
    return choice(
        new Expression.Characters(CodePoints.PLAIN),
        sequence(
            text("\\"),
            choice(
                new Expression.Characters(CodePoints.anyOf("\"\\bfnrt")),
                sequence(
                    text("u"),
                    choice(
                        sequence(first, hex, hex, hex),
                        sequence(
                            new Expression.Characters(CodePoints.anyOf("dD")), afterD, hex, hex),
                        sequence(text("0"), some, hex, hex),
                        sequence(text("00"), some, hex),
                        sequence(text("000"), some))))));
  }

  /// A character of a set as it stands in a string: itself, or its escape where it needs one.
  static Expression escaped(CodePoints set) {
    java.util.ArrayList<Expression> ways = new java.util.ArrayList<>();
    CodePoints plain = set.and(CodePoints.PLAIN);
    if (!plain.isEmpty()) {
      ways.add(new Expression.Characters(plain));
    }
    for (int c = 0; c <= '\\'; c += c == 0x1F ? '"' - 0x1F : c == '"' ? '\\' - '"' : 1) {
      if (set.contains(c)) {
        ways.add(text(escape(c)));
      }
    }
    return new Expression.Choice(ways);
  }

  /// A text as the characters of a string.
  static String escape(String text) {
    var escaped = new StringBuilder();
    text.codePoints().forEach(c -> escaped.append(escape(c)));
    return escaped.toString();
  }

  private static String escape(int c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      default -> c < 0x20 ? CONTROLS[c] : Character.toString(c);
    };
  }

  /// Any number of any characters of a string.
  static Expression anyCharacters() {
    return atLeast(0, stringCharacter());
  }
}
