package dev.freehold.model.template;

import dev.freehold.model.text.MarkedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Runs the statements of one rendering. Not thread-safe.
final class Interpreter {

  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private final Evaluator evaluator;
  private final Budget budget;
  private MarkedText.Builder output = new MarkedText.Builder();

  private Interpreter(Budget budget) {
    this.budget = budget;
    this.evaluator = new Evaluator(budget);
  }

  /// What the statements print.
  static MarkedText run(List<Statement> statements, Map<String, Value> variables, Limits limits) {
    var interpreter = new Interpreter(new Budget(limits));
    var globals = new Scope(null, Functions.standard(interpreter.budget));
    try {
      interpreter.execute(statements, new Scope(globals, variables));
    } catch (TemplateFailure failure) {
      throw failure.at(interpreter.evaluator.line());
    }
    return interpreter.output.build();
  }

  private Flow execute(List<Statement> statements, Scope scope) {
    for (Statement statement : statements) {
      budget.step();
      budget.enter();
      Flow flow = execute(statement, scope);
      budget.leave();
      if (flow != Flow.ON) {
        return flow;
      }
    }
    return Flow.ON;
  }

  private Flow execute(Statement statement, Scope scope) {
    switch (statement) {
      case Statement.Text text -> print(MarkedText.markup(text.text()));
      case Statement.Print print ->
          print(evaluator.printing.str(evaluator.evaluate(print.expression(), scope)));
      case Statement.If branch -> {
        return execute(
            Values.truth(evaluator.evaluate(branch.condition(), scope))
                ? branch.then()
                : branch.otherwise(),
            scope);
      }
      case Statement.For loop -> {
        return loop(loop, scope);
      }
      case Statement.Set set ->
          assign(set.target(), evaluator.evaluate(set.value(), scope), scope, set.line());
      case Statement.SetBlock set -> {
        Value captured = new Value.Str(captured(set.body(), scope.inner()));
        Value value =
            set.filter() == null
                ? captured
                : evaluator.blockFiltered(set.filter(), captured, scope);
        assign(set.target(), value, scope, set.line());
      }
      case Statement.With with -> {
        Scope inner = scope.inner();
        for (int i = 0; i < with.targets().size(); i++) {
          Value value = evaluator.evaluate(with.values().get(i), scope);
          assign(with.targets().get(i), value, inner, with.line());
        }
        return execute(with.body(), inner);
      }
      case Statement.DefineMacro definition ->
          scope.set(definition.macro().name(), macro(definition.macro(), scope));
      case Statement.CallBlock call -> {
        Value caller = macro(call.caller(), scope);
        print(evaluator.printing.str(evaluator.call(call.call(), scope, Map.of("caller", caller))));
      }
      case Statement.FilterBlock block -> {
        Value captured = new Value.Str(captured(block.body(), scope.inner()));
        print(evaluator.printing.str(evaluator.blockFiltered(block.filter(), captured, scope)));
      }
      case Statement.Generation generation -> {
        return execute(generation.body(), scope.inner());
      }
      case Statement.Break _ -> {
        return Flow.BREAK;
      }
      case Statement.Continue _ -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.ON;
  }

  private void print(MarkedText text) {
    budget.allocate(text.length());
    budget.output((long) output.length() + text.length());
    output.append(text);
  }

  private MarkedText captured(List<Statement> body, Scope scope) {
    MarkedText.Builder outer = output;
    output = new MarkedText.Builder();
    // Break and continue cannot leave a captured body: the parser allows them in loops only.
    execute(body, scope);
    MarkedText text = output.build();
    output = outer;
    return text;
  }

  private Flow loop(Statement.For loop, Scope scope) {
    List<Value> items = Values.iterate(evaluator.evaluate(loop.iterable(), scope), budget);
    if (loop.condition() != null) {
      List<Value> kept = new ArrayList<>();
      for (Value item : items) {
        Scope inner = scope.inner();
        assign(loop.target(), item, inner, loop.line());
        if (Values.truth(evaluator.evaluate(loop.condition(), inner))) {
          kept.add(item);
        }
      }
      items = kept;
    }
    if (items.isEmpty()) {
      return execute(loop.otherwise(), scope.inner());
    }
    var state = new Value.Loop(items, 1);
    for (int i = 0; i < items.size(); i++) {
      budget.step();
      state.index = i;
      Scope inner = scope.inner();
      inner.set("loop", state);
      assign(loop.target(), items.get(i), inner, loop.line());
      if (execute(loop.body(), inner) == Flow.BREAK) {
        break;
      }
    }
    return Flow.ON;
  }

  private void assign(Statement.Target target, Value value, Scope scope, int line) {
    evaluator.at(line);
    switch (target) {
      case Statement.Target.Variable variable -> scope.set(variable.name(), value);
      case Statement.Target.NamespaceAttribute attribute -> {
        if (!(scope.find(attribute.namespace()) instanceof Value.Namespace namespace)) {
          throw TemplateFailure.evaluation(
              "'%s' is no namespace, so '%s' of it cannot be set"
                  .formatted(attribute.namespace(), attribute.attribute()));
        }
        namespace.attributes.put(attribute.attribute(), value);
      }
      case Statement.Target.Tuple tuple -> {
        List<Value> items = Values.iterate(Values.defined(value), budget);
        if (items.size() != tuple.targets().size()) {
          throw TemplateFailure.evaluation(
              "%d values cannot be assigned to %d names"
                  .formatted(items.size(), tuple.targets().size()));
        }
        for (int i = 0; i < items.size(); i++) {
          assign(tuple.targets().get(i), items.get(i), scope, line);
        }
      }
    }
  }

  private Value.Callable macro(Statement.Macro macro, Scope definition) {
    return new Value.Callable(
        macro.name(), arguments -> new Value.Str(invoke(macro, definition, arguments)));
  }

  private MarkedText invoke(Statement.Macro macro, Scope definition, Arguments arguments) {
    Scope scope = definition.inner();
    for (int i = 0; i < macro.parameters().size(); i++) {
      String parameter = macro.parameters().get(i);
      Value value = arguments.next(parameter);
      if (value == null) {
        Expression otherwise = defaultOf(macro, i);
        value =
            otherwise == null
                ? new Value.Undefined("parameter '%s' was not provided".formatted(parameter))
                : evaluator.evaluate(otherwise, scope);
      }
      scope.set(parameter, value);
    }
    if (macro.readsCaller()) {
      Value caller = arguments.next("caller");
      scope.set("caller", caller == null ? new Value.Undefined("there is no caller here") : caller);
    }
    if (macro.readsVarargs()) {
      scope.set("varargs", new Value.Seq(List.copyOf(arguments.rest()), true));
    }
    if (macro.readsKwargs()) {
      Map<String, Value> rest = new java.util.LinkedHashMap<>(arguments.named());
      rest.keySet().removeAll(macro.parameters());
      rest.remove("caller");
      rest.keySet().forEach(arguments::next);
      scope.set("kwargs", Value.Dict.of(rest));
    }
    arguments.end();
    budget.enter();
    MarkedText text = captured(macro.body(), scope);
    budget.leave();
    return text;
  }

  private static @Nullable Expression defaultOf(Statement.Macro macro, int parameter) {
    return macro.defaults().get(parameter);
  }
}
