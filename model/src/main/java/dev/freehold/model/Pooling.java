package dev.freehold.model;

/// How the hidden states of a text's tokens become one vector.
public enum Pooling {
  /// Their mean.
  MEAN,
  /// That of the first token.
  FIRST,
  /// That of the last token.
  LAST
}
