package dev.freehold.model.template;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The evaluated arguments of one call, taken one after the other; what is left over is an error.
final class Arguments {

  private final String callee;
  private final List<Value> positional;
  private final Map<String, Value> named;
  private final Set<String> taken = new HashSet<>();
  private int position;

  Arguments(String callee, List<Value> positional, Map<String, Value> named) {
    this.callee = callee;
    this.positional = positional;
    this.named = named;
  }

  static Arguments of(String callee, Value... positional) {
    return new Arguments(callee, List.of(positional), Map.of());
  }

  List<Value> positional() {
    return positional;
  }

  Map<String, Value> named() {
    return named;
  }

  /// The next argument by position or by this name, or null where the call has neither.
  @Nullable Value next(String name) {
    if (position < positional.size()) {
      if (named.containsKey(name)) {
        throw failure("got '%s' twice".formatted(name));
      }
      return positional.get(position++);
    }
    taken.add(name);
    return named.get(name);
  }

  Value required(String name) {
    Value value = next(name);
    if (value == null) {
      throw failure("needs the argument '%s'".formatted(name));
    }
    return value;
  }

  Value orElse(String name, Value otherwise) {
    Value value = next(name);
    return value == null ? otherwise : value;
  }

  int integer(String name, int otherwise) {
    Value value = next(name);
    if (value == null) {
      return otherwise;
    }
    long number = Values.integer(value);
    return Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  boolean flag(String name, boolean otherwise) {
    Value value = next(name);
    return value == null ? otherwise : Values.truth(value);
  }

  Value.Str string(String name) {
    return Values.string(required(name));
  }

  /// A string, or null where it is absent or `None`.
  Value.@Nullable Str stringOrNull(String name) {
    Value value = next(name);
    return value == null || value == Value.None.NONE ? null : Values.string(value);
  }

  /// The positional arguments not yet taken.
  List<Value> rest() {
    List<Value> rest = positional.subList(position, positional.size());
    position = positional.size();
    return rest;
  }

  /// Refuses what no `next` asked for.
  void end() {
    if (position < positional.size()) {
      throw failure("takes %d arguments, not %d".formatted(position, positional.size()));
    }
    for (String name : named.keySet()) {
      if (!taken.contains(name)) {
        throw failure("does not know the argument '%s'".formatted(name));
      }
    }
  }

  private TemplateFailure failure(String what) {
    return TemplateFailure.evaluation("%s %s".formatted(callee, what));
  }
}
