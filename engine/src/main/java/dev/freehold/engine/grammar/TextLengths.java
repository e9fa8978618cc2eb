package dev.freehold.engine.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// How many characters the texts of a regular expression have.
///
/// @param min fewest
/// @param max most, saturating at [#MANY]
record TextLengths(int min, int max) {

  static final int MANY = 1 << 28;

  static TextLengths of(Expression expression) {
    return switch (expression) {
      case Expression.Bytes(byte[] bytes) -> {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int length = text.codePointCount(0, text.length());
        yield new TextLengths(length, length);
      }
      case Expression.Characters _ -> new TextLengths(1, 1);
      case Expression.Sequence(List<Expression> parts) -> {
        var sum = new TextLengths(0, 0);
        for (Expression part : parts) {
          TextLengths one = of(part);
          sum = new TextLengths(cut((long) sum.min + one.min), cut((long) sum.max + one.max));
        }
        yield sum;
      }
      case Expression.Choice(List<Expression> parts) -> {
        var all = new TextLengths(MANY, 0);
        for (Expression part : parts) {
          TextLengths one = of(part);
          all = new TextLengths(Math.min(all.min, one.min), Math.max(all.max, one.max));
        }
        yield all;
      }
      case Expression.Repeat(Expression body, int min, int max) -> {
        TextLengths one = of(body);
        long most = max == Expression.UNBOUNDED ? MANY : max;
        yield new TextLengths(cut((long) one.min * min), cut(one.max * most));
      }
      case Expression.StringCharacters _,
          Expression.Members _,
          Expression.Rule _,
          Expression.Control _ ->
          throw new IllegalArgumentException("no part of a regular expression");
    };
  }

  private static int cut(long length) {
    return (int) Math.min(length, MANY);
  }

  /// The texts of a regular expression as they stand between the quotes of a JSON string.
  static Expression escaped(Expression expression) {
    return switch (expression) {
      case Expression.Bytes(byte[] bytes) ->
          Expression.text(JsonText.escape(new String(bytes, StandardCharsets.UTF_8)));
      case Expression.Characters(CodePoints set) -> JsonText.escaped(set);
      case Expression.Sequence(List<Expression> parts) -> new Expression.Sequence(escaped(parts));
      case Expression.Choice(List<Expression> parts) -> new Expression.Choice(escaped(parts));
      case Expression.Repeat(Expression body, int min, int max) ->
          new Expression.Repeat(escaped(body), min, max);
      case Expression.StringCharacters _,
          Expression.Members _,
          Expression.Rule _,
          Expression.Control _ ->
          throw new IllegalArgumentException("no part of a regular expression");
    };
  }

  private static List<Expression> escaped(List<Expression> parts) {
    List<Expression> all = new ArrayList<>();
    parts.forEach(part -> all.add(escaped(part)));
    return all;
  }
}
