package dev.freehold.model.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A parsed expression; the names are Jinja2's.
sealed interface Expression {

  /// Where it stands, from 1.
  int line();

  record Constant(int line, Value value) implements Expression {}

  record Name(int line, String name) implements Expression {}

  record ListOf(int line, List<Expression> items, boolean tuple) implements Expression {}

  record DictOf(int line, List<Entry> entries) implements Expression {}

  record Entry(Expression key, Expression value) {}

  record Attribute(int line, Expression object, String name) implements Expression {}

  record Item(int line, Expression object, Expression index) implements Expression {}

  record Slice(
      int line,
      Expression object,
      @Nullable Expression start,
      @Nullable Expression stop,
      @Nullable Expression step)
      implements Expression {}

  record Call(int line, Expression function, Actuals actuals) implements Expression {}

  /// @param object null where a filter block supplies it
  record Filter(int line, @Nullable Expression object, String name, Actuals actuals)
      implements Expression {}

  record Test(int line, Expression object, String name, Actuals actuals) implements Expression {}

  record Not(int line, Expression operand) implements Expression {}

  record Negative(int line, Expression operand) implements Expression {}

  record Positive(int line, Expression operand) implements Expression {}

  record And(int line, List<Expression> operands) implements Expression {}

  record Or(int line, List<Expression> operands) implements Expression {}

  record Concatenation(int line, List<Expression> operands) implements Expression {}

  /// Operators of one precedence, applied from the left.
  record Arithmetic(int line, Expression first, List<Operand> rest) implements Expression {}

  /// A chain in which each neighbour pair must hold: `a < b < c`.
  record Comparison(int line, Expression first, List<Operand> rest) implements Expression {}

  record Operand(String operator, Expression expression) {}

  record Conditional(
      int line, Expression condition, Expression then, @Nullable Expression otherwise)
      implements Expression {}

  /// The arguments a call is written with.
  ///
  /// @param spread the list after `*`, if any
  /// @param spreadNamed the dictionary after `**`, if any
  record Actuals(
      List<Expression> positional,
      Map<String, Expression> named,
      @Nullable Expression spread,
      @Nullable Expression spreadNamed) {

    static final Actuals NONE = new Actuals(List.of(), Map.of(), null, null);
  }
}
