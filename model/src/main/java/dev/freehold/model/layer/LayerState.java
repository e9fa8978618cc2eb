package dev.freehold.model.layer;

import dev.freehold.model.StateNumbers;

/// What one layer remembers of a sequence: attention its keys and values, a layer of another kind
/// its own.
public sealed interface LayerState permits KeyValues, Recurrent {

  /// Makes room for `length` tokens.
  void reserve(int length);

  /// Forgets the tokens from position `length` on, which [#reachable] must have said.
  void truncate(int length);

  /// A state that begins with the first `length` tokens of this one, which [#reachable] must have
  /// said.
  LayerState fork(int length);

  /// The most tokens, `length` at most, to which it can be cut when it has seen `seen`; 0 always
  /// can be.
  int reachable(int length, int seen);

  /// Lets go of what no token after the `seen` so far will ask for.
  void shrink(int seen);

  /// Bytes it holds.
  long bytes();

  /// Bytes that [#reserve] will add for `length` tokens.
  long growth(int length);

  /// The fewest bytes it can do with when it has seen `length` tokens.
  long bytes(int length);

  /// Passes all it remembers through `numbers`; where it is to be filled, room was made before.
  ///
  /// @throws IllegalArgumentException where what comes back is no such state
  void transfer(StateNumbers numbers);
}
