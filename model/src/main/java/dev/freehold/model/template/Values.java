package dev.freehold.model.template;

import dev.freehold.model.text.MarkedText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Truth, type, key and iteration of values, as Python has them.
final class Values {

  private Values() {}

  static boolean truth(Value value) {
    return switch (value) {
      case Value.Undefined _ -> false;
      case Value.None _ -> false;
      case Value.Bool bool -> bool == Value.Bool.TRUE;
      case Value.Int number -> number.value() != 0;
      case Value.Real number -> number.value() != 0;
      case Value.Str string -> !string.text().isEmpty();
      case Value.Seq seq -> !seq.items().isEmpty();
      case Value.Dict dict -> !dict.entries().isEmpty();
      case Value.Generator _, Value.Namespace _, Value.Callable _, Value.Loop _ -> true;
    };
  }

  static String type(Value value) {
    return switch (value) {
      case Value.Undefined _ -> "undefined value";
      case Value.None _ -> "None";
      case Value.Bool _ -> "bool";
      case Value.Int _ -> "int";
      case Value.Real _ -> "float";
      case Value.Str _ -> "str";
      case Value.Seq seq -> seq.tuple() ? "tuple" : "list";
      case Value.Dict _ -> "dict";
      case Value.Generator _ -> "generator";
      case Value.Namespace _ -> "namespace";
      case Value.Callable _ -> "function";
      case Value.Loop _ -> "loop";
    };
  }

  /// Fails where the value is undefined, saying what was never set.
  static Value defined(Value value) {
    if (value instanceof Value.Undefined undefined) {
      throw TemplateFailure.evaluation(undefined.reason());
    }
    return value;
  }

  static Value.Str string(Value value) {
    if (value instanceof Value.Str string) {
      return string;
    }
    throw expected("a string", value);
  }

  static long integer(Value value) {
    return switch (value) {
      case Value.Int number -> number.value();
      case Value.Bool bool -> bool == Value.Bool.TRUE ? 1 : 0;
      default -> throw expected("an integer", value);
    };
  }

  static boolean isNumber(Value value) {
    return value instanceof Value.Int || value instanceof Value.Real || value instanceof Value.Bool;
  }

  static double real(Value value) {
    return value instanceof Value.Real number ? number.value() : integer(value);
  }

  static TemplateFailure expected(String what, Value value) {
    defined(value);
    return TemplateFailure.evaluation("expected %s, not a %s".formatted(what, type(value)));
  }

  /// Whether a value can be looked up in a dictionary at all.
  static boolean isKey(Value value) {
    return switch (value) {
      case Value.Str _, Value.Int _, Value.Bool _, Value.Real _, Value.None _ -> true;
      case Value.Seq _,
          Value.Dict _,
          Value.Undefined _,
          Value.Generator _,
          Value.Namespace _,
          Value.Callable _,
          Value.Loop _ ->
          false;
    };
  }

  /// What identifies a dictionary key: equal for keys that Python holds equal.
  static Object key(Value value) {
    return switch (value) {
      case Value.Str string -> string.value();
      case Value.Int number -> number.value();
      case Value.Bool bool -> bool == Value.Bool.TRUE ? 1L : 0L;
      case Value.Real number ->
          number.value() == Math.rint(number.value()) && Math.abs(number.value()) < 1L << 53
              ? (Object) (long) number.value()
              : number.value();
      case Value.None none -> none;
      case Value.Seq seq when seq.tuple() && seq.items().size() <= 16 -> tupleKey(seq);
      case Value.Seq _,
          Value.Dict _,
          Value.Undefined _,
          Value.Generator _,
          Value.Namespace _,
          Value.Callable _,
          Value.Loop _ ->
          throw TemplateFailure.evaluation(
              "a %s cannot be a dictionary's key".formatted(type(value)));
    };
  }

  private static Object tupleKey(Value.Seq tuple) {
    List<Object> keys = new ArrayList<>();
    for (Value item : tuple.items()) {
      if (item instanceof Value.Seq) {
        throw TemplateFailure.evaluation("a nested tuple cannot be a dictionary's key");
      }
      keys.add(key(item));
    }
    return keys;
  }

  /// The items a loop over the value sees.
  static List<Value> iterate(Value value, Budget budget) {
    return switch (value) {
      case Value.Undefined _ -> List.of();
      case Value.Seq seq -> seq.items();
      case Value.Dict dict -> {
        budget.allocate(dict.entries().size());
        yield dict.keys();
      }
      case Value.Generator generator -> generator.drain();
      case Value.Str string -> characters(string.text(), budget);
      case Value.Loop _,
          Value.None _,
          Value.Bool _,
          Value.Int _,
          Value.Real _,
          Value.Namespace _,
          Value.Callable _ ->
          throw TemplateFailure.evaluation("a %s cannot be looped over".formatted(type(value)));
    };
  }

  private static List<Value> characters(MarkedText text, Budget budget) {
    // Each character becomes an object of its own.
    budget.allocate(8L * text.length());
    List<Value> characters = new ArrayList<>(text.length());
    for (int i = 0; i < text.length(); ) {
      int end = i + Character.charCount(text.value().codePointAt(i));
      characters.add(new Value.Str(text.slice(i, end)));
      i = end;
    }
    return characters;
  }

  /// The number of items, or null for a value that has none.
  static @Nullable Integer length(Value value) {
    return switch (value) {
      case Value.Undefined _ -> 0;
      case Value.Str string -> string.value().codePointCount(0, string.text().length());
      case Value.Seq seq -> seq.items().size();
      case Value.Dict dict -> dict.entries().size();
      case Value.Loop loop -> loop.items.size();
      case Value.None _,
          Value.Bool _,
          Value.Int _,
          Value.Real _,
          Value.Generator _,
          Value.Namespace _,
          Value.Callable _ ->
          null;
    };
  }
}
