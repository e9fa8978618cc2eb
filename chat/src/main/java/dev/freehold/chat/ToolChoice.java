package dev.freehold.chat;

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
}
