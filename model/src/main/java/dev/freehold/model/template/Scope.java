package dev.freehold.model.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The variables of a template, loop, macro or block, within those around it.
final class Scope {

  private final @Nullable Scope outer;
  private final Map<String, Value> variables;

  Scope(@Nullable Scope outer, Map<String, Value> variables) {
    this.outer = outer;
    this.variables = new HashMap<>(variables);
  }

  Scope inner() {
    return new Scope(this, Map.of());
  }

  @Nullable Value find(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Value value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  void set(String name, Value value) {
    variables.put(name, value);
  }
}
