package dev.freehold.model.template;

import dev.freehold.model.text.MarkedText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Computes expressions of one rendering. Not thread-safe.
final class Evaluator {

  final Budget budget;
  final Printing printing;
  final Operators operators;
  final StringMethods strings;
  private final Filters filters;
  private final Tests tests;

  /// Where evaluation is, for error messages.
  private int line;

  Evaluator(Budget budget) {
    this.budget = budget;
    this.printing = new Printing(budget);
    this.operators = new Operators(budget, printing);
    this.strings = new StringMethods(budget, printing);
    this.filters = new Filters(this);
    this.tests = new Tests(operators);
  }

  int line() {
    return line;
  }

  void at(int value) {
    line = value;
  }

  Value evaluate(Expression expression, Scope scope) {
    budget.step();
    budget.enter();
    line = expression.line();
    Value value =
        switch (expression) {
          case Expression.Constant constant -> constant.value();
          case Expression.Name name -> name(name.name(), scope);
          case Expression.ListOf list -> {
            budget.entries(list.items().size());
            List<Value> items = new ArrayList<>(list.items().size());
            for (Expression item : list.items()) {
              items.add(evaluate(item, scope));
            }
            yield new Value.Seq(items, list.tuple());
          }
          case Expression.DictOf dict -> dict(dict, scope);
          case Expression.Attribute attribute ->
              attribute(evaluate(attribute.object(), scope), attribute.name());
          case Expression.Item item ->
              item(evaluate(item.object(), scope), evaluate(item.index(), scope));
          case Expression.Slice slice ->
              operators.slice(
                  evaluate(slice.object(), scope),
                  bound(slice.start(), scope),
                  bound(slice.stop(), scope),
                  bound(slice.step(), scope));
          case Expression.Call call -> call(call, scope, Map.of());
          case Expression.Filter filter -> {
            if (filter.object() == null) {
              throw new IllegalStateException("A block's filter is applied by its block.");
            }
            Value object = evaluate(filter.object(), scope);
            yield applied(filter, object, scope);
          }
          case Expression.Test test -> {
            Value object = evaluate(test.object(), scope);
            Arguments arguments = arguments(test.name(), test.actuals(), scope, Map.of());
            line = test.line();
            yield Value.Bool.of(tests.apply(test.name(), object, arguments));
          }
          case Expression.Not not -> Value.Bool.of(!Values.truth(evaluate(not.operand(), scope)));
          case Expression.Negative negative ->
              operators.negative(evaluate(negative.operand(), scope));
          case Expression.Positive positive ->
              operators.arithmetic("+", new Value.Int(0), evaluate(positive.operand(), scope));
          case Expression.And and -> firstWith(false, and.operands(), scope);
          case Expression.Or or -> firstWith(true, or.operands(), scope);
          case Expression.Concatenation concatenation -> concatenation(concatenation, scope);
          case Expression.Arithmetic arithmetic -> arithmetic(arithmetic, scope);
          case Expression.Comparison comparison -> comparison(comparison, scope);
          case Expression.Conditional conditional -> {
            if (Values.truth(evaluate(conditional.condition(), scope))) {
              yield evaluate(conditional.then(), scope);
            }
            yield conditional.otherwise() == null
                ? new Value.Undefined("the condition was false and there is no else")
                : evaluate(conditional.otherwise(), scope);
          }
        };
    budget.leave();
    return value;
  }

  private static Value name(String name, Scope scope) {
    Value value = scope.find(name);
    return value == null ? new Value.Undefined("'%s' is undefined".formatted(name)) : value;
  }

  private Value dict(Expression.DictOf dict, Scope scope) {
    budget.allocate(dict.entries().size());
    Map<Object, Value.Entry> entries = new LinkedHashMap<>();
    for (Expression.Entry entry : dict.entries()) {
      Value key = evaluate(entry.key(), scope);
      Value value = evaluate(entry.value(), scope);
      Value.Entry earlier = entries.get(Values.key(key));
      entries.put(Values.key(key), new Value.Entry(earlier == null ? key : earlier.key(), value));
    }
    return new Value.Dict(entries);
  }

  private @Nullable Long bound(@Nullable Expression expression, Scope scope) {
    if (expression == null) {
      return null;
    }
    Value value = evaluate(expression, scope);
    return value == Value.None.NONE ? null : (Long) Values.integer(value);
  }

  private Value firstWith(boolean truth, List<Expression> operands, Scope scope) {
    Value value = Value.None.NONE;
    for (Expression operand : operands) {
      value = evaluate(operand, scope);
      if (Values.truth(value) == truth) {
        break;
      }
    }
    return value;
  }

  private Value concatenation(Expression.Concatenation concatenation, Scope scope) {
    var text = new MarkedText.Builder();
    for (Expression operand : concatenation.operands()) {
      MarkedText piece = printing.str(evaluate(operand, scope));
      budget.allocate(piece.length());
      text.append(piece);
    }
    return new Value.Str(text.build());
  }

  private Value arithmetic(Expression.Arithmetic arithmetic, Scope scope) {
    Value value = evaluate(arithmetic.first(), scope);
    for (Expression.Operand operand : arithmetic.rest()) {
      Value right = evaluate(operand.expression(), scope);
      line = operand.expression().line();
      value = operators.arithmetic(operand.operator(), value, right);
    }
    return value;
  }

  private Value comparison(Expression.Comparison comparison, Scope scope) {
    Value left = evaluate(comparison.first(), scope);
    for (Expression.Operand operand : comparison.rest()) {
      Value right = evaluate(operand.expression(), scope);
      if (!operators.compare(operand.operator(), left, right)) {
        return Value.Bool.FALSE;
      }
      left = right;
    }
    return Value.Bool.TRUE;
  }

  /// Calls a function; `extra` are named arguments beside the written ones.
  Value call(Expression.Call call, Scope scope, Map<String, Value> extra) {
    Value function = evaluate(call.function(), scope);
    if (!(function instanceof Value.Callable callable)) {
      throw Values.expected("something that can be called", function);
    }
    Arguments arguments = arguments(callable.name(), call.actuals(), scope, extra);
    line = call.line();
    return callable.body().call(arguments);
  }

  private Arguments arguments(
      String callee, Expression.Actuals actuals, Scope scope, Map<String, Value> extra) {
    List<Value> positional = new ArrayList<>();
    for (Expression argument : actuals.positional()) {
      positional.add(evaluate(argument, scope));
    }
    if (actuals.spread() != null) {
      List<Value> spread = Values.iterate(evaluate(actuals.spread(), scope), budget);
      budget.entries(spread.size());
      positional.addAll(spread);
    }
    Map<String, Value> named = new LinkedHashMap<>();
    for (var argument : actuals.named().entrySet()) {
      named.put(argument.getKey(), evaluate(argument.getValue(), scope));
    }
    if (actuals.spreadNamed() != null) {
      if (!(evaluate(actuals.spreadNamed(), scope) instanceof Value.Dict dict)) {
        throw TemplateFailure.evaluation("'**' needs a dictionary");
      }
      for (Value.Entry entry : dict.entries().values()) {
        named.put(Values.string(entry.key()).value(), entry.value());
      }
    }
    named.putAll(extra);
    return new Arguments(callee, positional, named);
  }

  /// A filter as written, applied to a value; filters a block chains are applied from the inside.
  Value applied(Expression.Filter filter, Value object, Scope scope) {
    Arguments arguments = arguments(filter.name(), filter.actuals(), scope, Map.of());
    line = filter.line();
    return filter(filter.name(), object, arguments);
  }

  /// The filters around a block's output, the innermost first.
  Value blockFiltered(Expression.Filter filter, Value output, Scope scope) {
    Value object =
        filter.object() instanceof Expression.Filter inner
            ? blockFiltered(inner, output, scope)
            : output;
    return applied(filter, object, scope);
  }

  Value filter(String name, Value value, Arguments arguments) {
    Value result = filters.apply(name, value, arguments);
    return result;
  }

  boolean test(String name, Value value, Arguments arguments) {
    return tests.apply(name, value, arguments);
  }

  /// `object.name`: a method or attribute first, then an entry of that name.
  Value attribute(Value object, String name) {
    Values.defined(object);
    if (name.startsWith("__")) {
      return new Value.Undefined("the attribute '%s' is out of bounds".formatted(name));
    }
    Value own = ownAttribute(object, name);
    if (own != null) {
      return own;
    }
    Value entry = object instanceof Value.Dict dict ? dict.get(name) : null;
    return entry == null ? missing(object, name) : entry;
  }

  /// `object[index]`: an entry first, then an attribute.
  Value item(Value object, Value index) {
    Values.defined(object);
    switch (object) {
      case Value.Dict dict -> {
        Value value = Values.isKey(index) ? dict.get(Values.key(index)) : null;
        if (value != null) {
          return value;
        }
      }
      case Value.Seq seq when index instanceof Value.Int || index instanceof Value.Bool -> {
        long position = Values.integer(index);
        position += position < 0 ? seq.items().size() : 0;
        if (position >= 0 && position < seq.items().size()) {
          return seq.items().get((int) position);
        }
        return new Value.Undefined("the list has no item %s".formatted(Values.integer(index)));
      }
      case Value.Str string when index instanceof Value.Int || index instanceof Value.Bool -> {
        long position = Values.integer(index);
        Value character =
            operators.slice(string, position, position == -1 ? null : (Long) (position + 1), null);
        return Values.truth(character)
            ? character
            : new Value.Undefined("the string has no character %d".formatted(position));
      }
      default -> {}
    }
    if (index instanceof Value.Str name) {
      Value own = name.value().startsWith("__") ? null : ownAttribute(object, name.value());
      return own == null ? missing(object, name.value()) : own;
    }
    return new Value.Undefined(
        "a %s has no item at a %s".formatted(Values.type(object), Values.type(index)));
  }

  private static Value missing(Value object, String name) {
    return new Value.Undefined(
        "'%s object' has no attribute '%s'".formatted(Values.type(object), name));
  }

  private @Nullable Value ownAttribute(Value object, String name) {
    return switch (object) {
      case Value.Str string -> strings.method(string.text(), name);
      case Value.Dict dict -> dictMethod(dict, name);
      // The pairs that groupby makes are read by these names too.
      case Value.Seq pair when pair.tuple() && pair.items().size() == 2 && name.equals("grouper") ->
          pair.items().getFirst();
      case Value.Seq pair when pair.tuple() && pair.items().size() == 2 && name.equals("list") ->
          pair.items().getLast();
      case Value.Seq seq -> seqMethod(seq, name);
      case Value.Namespace namespace -> namespace.attributes.get(name);
      case Value.Loop loop -> LoopAttributes.get(loop, name, operators);
      case Value.Callable callable when name.equals("name") -> Value.Str.of(callable.name());
      case Value.Callable _,
          Value.Undefined _,
          Value.None _,
          Value.Bool _,
          Value.Int _,
          Value.Real _,
          Value.Generator _ ->
          null;
    };
  }

  /// A dictionary's pairs as tuples.
  List<Value> pairs(Value.Dict dict) {
    budget.allocate(4L * dict.entries().size());
    List<Value> pairs = new ArrayList<>(dict.entries().size());
    dict.entries()
        .values()
        .forEach(entry -> pairs.add(Value.Seq.tuple(entry.key(), entry.value())));
    return pairs;
  }

  private Value.@Nullable Callable dictMethod(Value.Dict dict, String name) {
    Value.Callable.Body body =
        switch (name) {
          case "items" -> a -> Value.Seq.list(pairs(dict));
          case "keys" -> a -> Value.Seq.list(dict.keys());
          case "values" ->
              a -> {
                budget.allocate(dict.entries().size());
                List<Value> values = new ArrayList<>();
                dict.entries().values().forEach(entry -> values.add(entry.value()));
                return Value.Seq.list(values);
              };
          case "get" ->
              a -> {
                Value value = dict.get(Values.key(a.required("key")));
                Value otherwise = a.orElse("default", Value.None.NONE);
                return value == null ? otherwise : value;
              };
          case "copy" -> a -> dict;
          case "pop", "popitem", "update", "setdefault", "clear" -> unchangeable("dict", name);
          default -> null;
        };
    return body == null ? null : new Value.Callable(name, body);
  }

  private Value.@Nullable Callable seqMethod(Value.Seq seq, String name) {
    Value.Callable.Body body =
        switch (name) {
          case "index" ->
              a -> {
                Value wanted = a.required("value");
                for (int i = 0; i < seq.items().size(); i++) {
                  if (operators.equal(seq.items().get(i), wanted)) {
                    return new Value.Int(i);
                  }
                }
                throw TemplateFailure.evaluation("the list does not hold that value");
              };
          case "count" ->
              a -> {
                Value wanted = a.required("value");
                return new Value.Int(
                    seq.items().stream().filter(item -> operators.equal(item, wanted)).count());
              };
          case "copy" -> a -> seq;
          case "append", "extend", "insert", "pop", "remove", "reverse", "sort", "clear" ->
              unchangeable(Values.type(seq), name);
          default -> null;
        };
    return body == null ? null : new Value.Callable(name, body);
  }

  private static Value.Callable.Body unchangeable(String type, String method) {
    return arguments -> {
      throw TemplateFailure.evaluation(
          "'%s' would change a %s, which templates may not".formatted(method, type));
    };
  }
}
