package dev.freehold.model;

/// What a model remembers of one sequence of tokens. It grows by blocks as tokens come.
///
/// Not thread-safe: it is touched by the thread that steps the model.
public interface SequenceState extends AutoCloseable {

  /// Tokens so far.
  int length();

  /// Forgets all tokens from position `length` on, for instance to reuse a prompt's beginning.
  ///
  /// @throws IllegalArgumentException where `length` is negative or more than [#length()]
  void truncate(int length);

  /// A new sequence that begins with the first `length` tokens of this one. Whole blocks are shared
  /// until one of the two writes into them, so this costs next to nothing.
  ///
  /// @throws IllegalArgumentException where `length` is negative or more than [#length()]
  SequenceState fork(int length);

  /// Bytes it holds, blocks shared with others included.
  long bytes();

  /// Lets go of the memory; the sequence can no longer be used.
  @Override
  void close();
}
