package dev.freehold.engine.grammar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// A set of texts, written as a tree. What everything that constrains an answer is translated into.
/// Immutable.
public sealed interface Expression {

  /// A repetition without an upper bound.
  int UNBOUNDED = -1;

  /// The empty text and nothing else.
  Expression EMPTY = new Sequence(List.of());

  /// No text at all.
  Expression NOTHING = new Choice(List.of());

  /// These bytes.
  record Bytes(byte[] bytes) implements Expression {}

  /// One character of a set, in UTF-8.
  record Characters(CodePoints set) implements Expression {}

  /// So many characters as they stand between the quotes of a JSON string, an escape counting as
  /// one.
  ///
  /// @param max most of them, or [#UNBOUNDED]
  record StringCharacters(int min, int max) implements Expression {}

  /// One after the other.
  record Sequence(List<Expression> parts) implements Expression {
    public Sequence {
      parts = List.copyOf(parts);
    }
  }

  /// Any one of them.
  record Choice(List<Expression> parts) implements Expression {
    public Choice {
      parts = List.copyOf(parts);
    }
  }

  /// The same again and again.
  ///
  /// @param max most times, or [#UNBOUNDED]
  record Repeat(Expression body, int min, int max) implements Expression {
    public Repeat {
      if (min < 0 || (max != UNBOUNDED && max < min)) {
        throw new IllegalArgumentException("a repetition from %d to %d".formatted(min, max));
      }
    }
  }

  /// Members in this order, each once or not at all, with a separator between those that come.
  record Members(Expression separator, List<Member> members) implements Expression {
    public Members {
      members = List.copyOf(members);
    }
  }

  /// @param required whether it must come
  /// @param repeated whether it may come more than once
  record Member(Expression body, boolean required, boolean repeated) {}

  /// A rule of the grammar, by name.
  record Rule(String name) implements Expression {}

  /// A control token of the vocabulary, which no text can spell: `<tool_call>`, for instance.
  record Control(String token) implements Expression {}

  /// This text.
  static Expression text(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /// One after the other.
  static Expression sequence(Expression... parts) {
    return parts.length == 1 ? parts[0] : new Sequence(Arrays.asList(parts));
  }

  /// Any one of them.
  static Expression choice(Expression... parts) {
    return parts.length == 1 ? parts[0] : new Choice(Arrays.asList(parts));
  }

  /// It or nothing.
  static Expression optional(Expression body) {
    return new Repeat(body, 0, 1);
  }

  /// It, any number of times from `min`.
  static Expression atLeast(int min, Expression body) {
    return new Repeat(body, min, UNBOUNDED);
  }

  /// It, from `min` to `max` times.
  static Expression times(int min, int max, Expression body) {
    return new Repeat(body, min, max);
  }
}
