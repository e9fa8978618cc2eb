package dev.freehold.model;

/// What a model remembers of one sequence of tokens. It grows by blocks as tokens come.
///
/// Not thread-safe: it is touched by the thread that steps the model.
public interface SequenceState extends AutoCloseable {

  /// Tokens so far.
  int length();

  /// The most tokens, `length` at most, to which it can be cut. Keys and values can be cut
  /// anywhere; a recurrent layer has only its latest state, and one that sees a window may have let
  /// go of what lay behind it.
  ///
  /// @throws IllegalArgumentException where `length` is negative or more than [#length()]
  int reachable(int length);

  /// Forgets all tokens from position `length` on, for instance to reuse a prompt's beginning.
  ///
  /// @throws IllegalArgumentException where `length` is negative, more than [#length()] or not
  ///   [reachable][#reachable]
  void truncate(int length);

  /// A new sequence that begins with the first `length` tokens of this one. Whole blocks are shared
  /// until one of the two writes into them, so this costs next to nothing.
  ///
  /// @throws IllegalArgumentException where `length` is negative, more than [#length()] or not
  ///   [reachable][#reachable]
  SequenceState fork(int length);

  /// Lets go of what no coming token will ask for, which only [#truncate] and [#fork] could use.
  void shrink();

  /// Bytes it holds, blocks shared with others included.
  long bytes();

  /// Bytes that `tokens` more tokens will add.
  long growth(int tokens);

  /// The fewest bytes it can do with when it has `length` tokens, for instance after [#shrink()].
  long bytes(int length);

  /// Passes all that it remembers of its tokens through `numbers`, always in the same order: to be
  /// written down or, if it is empty, to be filled with what was written of `length` tokens of a
  /// sequence of the same model.
  ///
  /// @param length its length, or what it is to be
  /// @throws IllegalArgumentException where it is neither, or what comes back is no such state; it
  ///   can only be closed then
  void transfer(int length, StateNumbers numbers);

  /// Lets go of the memory; the sequence can no longer be used.
  @Override
  void close();
}
