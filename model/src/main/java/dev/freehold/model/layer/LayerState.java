package dev.freehold.model.layer;

/// What one layer remembers of a sequence. Attention remembers keys and values; a layer of another
/// kind adds its own.
public sealed interface LayerState permits KeyValues {

  /// Makes room for `length` tokens.
  void reserve(int length);

  /// Forgets the tokens from position `length` on.
  void truncate(int length);

  /// A state that begins with the first `length` tokens of this one.
  LayerState fork(int length);

  /// Bytes it holds.
  long bytes();
}
