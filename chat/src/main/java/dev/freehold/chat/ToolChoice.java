package dev.freehold.chat;

import java.util.List;

/// Whether a model calls tools.
public sealed interface ToolChoice {

  /// The model decides.
  record Auto() implements ToolChoice {}

  /// The model calls none and is not told of any.
  record None() implements ToolChoice {}

  /// The model calls at least one.
  record Required() implements ToolChoice {}

  /// The model calls this one.
  record Named(String name) implements ToolChoice {}

  /// The model is told of all tools and calls none but these, which keeps what is cached of the
  /// prompt while what may be called changes.
  ///
  /// @param names of tools, at least one
  /// @param required whether it must call one
  record Allowed(List<String> names, boolean required) implements ToolChoice {
    public Allowed {
      names = List.copyOf(names);
      if (names.isEmpty()) {
        throw new InvalidRequest("tool_choice allows no tool: none says so.", "tool_choice");
      }
    }
  }
}
