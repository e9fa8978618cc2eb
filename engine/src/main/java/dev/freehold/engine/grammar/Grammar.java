package dev.freehold.engine.grammar;

import java.util.Map;

/// Rules, one of which is where texts begin.
///
/// @param rules what each name stands for; no rule may come back to itself before it has consumed
///   anything
/// @param root the name to begin with
public record Grammar(Map<String, Expression> rules, String root) {
  public Grammar {
    rules = Map.copyOf(rules);
  }

  /// A grammar of one expression without rules.
  public static Grammar of(Expression expression) {
    return new Grammar(Map.of("root", expression), "root");
  }
}
