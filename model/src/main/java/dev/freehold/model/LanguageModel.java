package dev.freehold.model;

import dev.freehold.model.adapter.Adapter;
import java.util.Optional;

/// An open-weight model in memory: tokens in, logits out. It knows nothing of text, sampling or who
/// asks.
///
/// [#step] is called by one thread at a time; everything else is thread-safe. The arithmetic runs
/// on the model's own threads.
public interface LanguageModel extends AutoCloseable {

  /// The shape of the model.
  ModelParameters parameters();

  /// The head that makes a cross-encoder of it, where the file has one.
  default Optional<Classifier> classifier() {
    return Optional.empty();
  }

  /// A new, empty sequence of this model.
  SequenceState newSequence();

  /// Appends each entry's tokens to its sequence, in one pass over the weights for all of them, and
  /// returns what the entries asked for.
  ///
  /// A sequence's results do not depend on what else is in the batch, nor on how its tokens were
  /// cut into steps, up to rounding: the sums of a single row are ordered differently from those of
  /// several, which moves logits by a few 1e-5 and never more than 1e-3 (tested).
  ///
  /// @throws IllegalArgumentException where a token is not in the vocabulary, a sequence occurs
  ///   twice, is closed or is of another model, or an adapter is of another model; nothing has
  ///   changed then
  /// @throws dev.freehold.chat.ContextLengthExceeded where a sequence would grow past the context
  ///   length; nothing has changed then
  Logits step(Batch batch);

  /// Makes an adapter ready to be used in steps of this model, on whatever thread.
  ///
  /// @throws dev.freehold.chat.InvalidRequest where it is an adapter of another architecture or
  ///   shape, or of matrices that this model does not have
  /// @throws dev.freehold.chat.Unsupported where it adapts experts, embeddings or what is no matrix
  FittedAdapter fit(Adapter adapter);

  /// Ends the threads and lets go of the weights.
  @Override
  void close();
}
