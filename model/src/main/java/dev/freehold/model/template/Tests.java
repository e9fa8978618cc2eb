package dev.freehold.model.template;

import java.util.Set;

/// What stands after `is`.
final class Tests {

  private static final Set<String> NAMES =
      Set.of(
          "odd",
          "even",
          "divisibleby",
          "defined",
          "undefined",
          "filter",
          "test",
          "none",
          "boolean",
          "false",
          "true",
          "integer",
          "float",
          "lower",
          "upper",
          "string",
          "mapping",
          "number",
          "sequence",
          "iterable",
          "callable",
          "sameas",
          "escaped",
          "in",
          "==",
          "eq",
          "equalto",
          "!=",
          "ne",
          ">",
          "gt",
          "greaterthan",
          ">=",
          "ge",
          "<",
          "lt",
          "lessthan",
          "<=",
          "le");

  private final Operators operators;

  Tests(Operators operators) {
    this.operators = operators;
  }

  boolean apply(String name, Value value, Arguments arguments) {
    return switch (name) {
      case "defined" -> !(value instanceof Value.Undefined);
      case "undefined" -> value instanceof Value.Undefined;
      case "none" -> value == Value.None.NONE;
      case "boolean" -> value instanceof Value.Bool;
      case "true" -> value == Value.Bool.TRUE;
      case "false" -> value == Value.Bool.FALSE;
      case "integer" -> value instanceof Value.Int;
      case "float" -> value instanceof Value.Real;
      case "number" -> Values.isNumber(value);
      case "string" -> value instanceof Value.Str;
      case "mapping" -> value instanceof Value.Dict;
      case "sequence" ->
          value instanceof Value.Seq
              || value instanceof Value.Str
              || value instanceof Value.Dict
              || value instanceof Value.Undefined;
      case "iterable" ->
          value instanceof Value.Seq
              || value instanceof Value.Str
              || value instanceof Value.Dict
              || value instanceof Value.Undefined
              || value instanceof Value.Generator
              || value instanceof Value.Loop;
      case "callable" -> value instanceof Value.Callable;
      case "escaped" -> false;
      case "lower" -> cased(value, true);
      case "upper" -> cased(value, false);
      case "odd" -> Math.floorMod(Values.integer(value), 2) == 1;
      case "even" -> Math.floorMod(Values.integer(value), 2) == 0;
      case "divisibleby" -> {
        long divisor = Values.integer(arguments.required("num"));
        if (divisor == 0) {
          throw TemplateFailure.evaluation("division by zero");
        }
        yield Values.integer(value) % divisor == 0;
      }
      case "filter" -> Filters.known(Values.string(value).value());
      case "test" -> NAMES.contains(Values.string(value).value());
      case "sameas" -> {
        Value other = arguments.required("other");
        // Identity of immutable values cannot be told from equality of the same type.
        yield Values.type(value).equals(Values.type(other)) && operators.equal(value, other);
      }
      case "in" -> operators.contains(arguments.required("seq"), value);
      case "==", "eq", "equalto" -> operators.equal(value, arguments.required("other"));
      case "!=", "ne" -> !operators.equal(value, arguments.required("other"));
      case ">", "gt", "greaterthan" -> operators.order(value, arguments.required("other")) > 0;
      case ">=", "ge" -> operators.order(value, arguments.required("other")) >= 0;
      case "<", "lt", "lessthan" -> operators.order(value, arguments.required("other")) < 0;
      case "<=", "le" -> operators.order(value, arguments.required("other")) <= 0;
      default -> throw TemplateFailure.evaluation("there is no test '%s' here".formatted(name));
    };
  }

  private static boolean cased(Value value, boolean lower) {
    boolean any = false;
    for (int c : Values.string(value).value().codePoints().toArray()) {
      if (lower ? Character.isUpperCase(c) : Character.isLowerCase(c)) {
        return false;
      }
      any |= Character.isUpperCase(c) || Character.isLowerCase(c);
    }
    return any;
  }
}
