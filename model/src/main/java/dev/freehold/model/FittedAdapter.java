package dev.freehold.model;

import dev.freehold.model.layer.AdapterWeights;

/// An adapter as one model in memory uses it. Immutable; it is let go with the last reference.
public sealed interface FittedAdapter permits AdapterWeights {

  /// Bytes it holds in memory.
  long bytes();

  /// An adapter on some rows of a step.
  ///
  /// @param adapter the adapter, of the model that steps
  /// @param scale multiplies what it adds
  record Use(FittedAdapter adapter, float scale) {}
}
