package dev.freehold.engine;

import dev.freehold.chat.Unavailable;
import dev.freehold.model.Batch;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.Logits;
import dev.freehold.model.SequenceState;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tokens on their way through the model: an answer being generated or a text being embedded or
/// scored.
///
/// The engine's thread owns all of it but [#cancel], which any thread may call.
abstract sealed class Sequence permits Generation, Embedding, Scoring {

  private final List<FittedAdapter.Use> adapters;
  private int[] tokens;
  private int length;
  private @Nullable SequenceState state;
  private volatile boolean cancelled;

  /// @param adapters what is put on top of the model for all of its tokens
  Sequence(int[] prompt, List<FittedAdapter.Use> adapters) {
    this.adapters = List.copyOf(adapters);
    tokens = prompt.clone();
    length = prompt.length;
  }

  final List<FittedAdapter.Use> adapters() {
    return adapters;
  }

  /// Tokens so far, of prompt and answer.
  final int length() {
    return length;
  }

  final int[] tokens() {
    return Arrays.copyOf(tokens, length);
  }

  final void append(int token) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(16, length * 2));
    }
    tokens[length++] = token;
  }

  /// Tokens that the model has not seen yet.
  final int ahead() {
    return length - (state == null ? 0 : state.length());
  }

  final int[] next(int count) {
    int from = state == null ? 0 : state.length();
    return Arrays.copyOfRange(tokens, from, from + count);
  }

  final @Nullable SequenceState state() {
    return state;
  }

  /// Gives the sequence its memory, in which its first tokens may lie already.
  final void begin(SequenceState memory) {
    state = memory;
  }

  /// Takes the memory away, to keep it elsewhere.
  final @Nullable SequenceState detach() {
    SequenceState memory = state;
    state = null;
    return memory;
  }

  /// Frees the memory; what was read must be read again.
  final void forget() {
    if (state != null) {
      state.close();
      state = null;
    }
  }

  final void cancel() {
    cancelled = true;
  }

  final boolean cancelled() {
    return cancelled;
  }

  /// Whether nothing but the token generated last is ahead.
  abstract boolean answering();

  /// How many of the next `most` tokens to read in one go.
  int piece(int most) {
    return most;
  }

  /// What is wanted of the next `count` tokens.
  abstract Batch.Outputs outputs(int count);

  /// Takes the results of a step.
  ///
  /// @return whether the sequence is complete
  abstract boolean accept(Logits logits, int entry);

  /// Ends the sequence with a failure.
  abstract void fail(Unavailable failure);
}
