package dev.freehold.model.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A parsed statement; the names are Jinja2's tags.
sealed interface Statement {

  record Text(String text) implements Statement {}

  record Print(Expression expression) implements Statement {}

  record If(Expression condition, List<Statement> then, List<Statement> otherwise)
      implements Statement {}

  record For(
      int line,
      Target target,
      Expression iterable,
      @Nullable Expression condition,
      List<Statement> body,
      List<Statement> otherwise)
      implements Statement {}

  record Set(int line, Target target, Expression value) implements Statement {}

  record SetBlock(int line, Target target, Expression.@Nullable Filter filter, List<Statement> body)
      implements Statement {}

  record With(int line, List<Target> targets, List<Expression> values, List<Statement> body)
      implements Statement {}

  record DefineMacro(int line, Macro macro) implements Statement {}

  /// `{% call(…) macro(…) %} … {% endcall %}`: the body is the macro's `caller`.
  record CallBlock(int line, Expression.Call call, Macro caller) implements Statement {}

  record FilterBlock(int line, Expression.Filter filter, List<Statement> body)
      implements Statement {}

  /// `{% generation %}`: what the assistant says, which training learns from.
  record Generation(List<Statement> body) implements Statement {}

  record Break() implements Statement {}

  record Continue() implements Statement {}

  /// What a value is assigned to.
  sealed interface Target {
    record Variable(String name) implements Target {}

    record NamespaceAttribute(String namespace, String attribute) implements Target {}

    record Tuple(List<Target> targets) implements Target {}
  }

  /// A macro as written.
  ///
  /// @param defaults one for each parameter, null where it has none
  /// @param readsVarargs whether the body uses `varargs`, without which extra arguments are errors
  /// @param readsKwargs the same for `kwargs`
  /// @param readsCaller the same for `caller`
  record Macro(
      String name,
      List<String> parameters,
      List<@Nullable Expression> defaults,
      List<Statement> body,
      boolean readsVarargs,
      boolean readsKwargs,
      boolean readsCaller) {}
}
