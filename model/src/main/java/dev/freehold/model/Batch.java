package dev.freehold.model;

import java.util.List;

/// What one step of a model works on: pieces of prompts and single tokens of any number of
/// sequences, mixed.
///
/// @param entries at most one for each sequence
public record Batch(List<Entry> entries) {

  /// @param entries at most one for each sequence
  public Batch {
    entries = List.copyOf(entries);
  }

  /// A batch of one entry.
  public static Batch of(SequenceState sequence, int[] tokens, Outputs outputs) {
    return of(sequence, tokens, outputs, List.of());
  }

  /// A batch of one entry with adapters.
  public static Batch of(
      SequenceState sequence, int[] tokens, Outputs outputs, List<FittedAdapter.Use> adapters) {
    return new Batch(List.of(new Entry(sequence, tokens, outputs, adapters)));
  }

  /// Tokens to append to a sequence.
  ///
  /// @param sequence where they are appended
  /// @param tokens at least one
  /// @param outputs which of their results are wanted
  /// @param adapters what is put on top of the model for them. All tokens of a sequence want the
  ///   same, since what is remembered of the earlier ones was made with it
  public record Entry(
      SequenceState sequence, int[] tokens, Outputs outputs, List<FittedAdapter.Use> adapters) {

    /// @param sequence where they are appended
    /// @param tokens at least one
    /// @param outputs which of their results are wanted
    /// @param adapters what is put on top of the model for them
    public Entry {
      if (tokens.length == 0) {
        throw new IllegalArgumentException("an entry needs at least one token");
      }
      adapters = List.copyOf(adapters);
    }

    /// An entry for the model as it is.
    public Entry(SequenceState sequence, int[] tokens, Outputs outputs) {
      this(sequence, tokens, outputs, List.of());
    }
  }

  /// Which results an entry wants.
  public enum Outputs {
    /// None: a piece of a prompt that goes on.
    NONE,
    /// The logits after the last token.
    LAST,
    /// The logits after each token, as perplexity needs them.
    ALL,
    /// The final, normalised hidden state of each token, as embeddings need them.
    HIDDEN
  }
}
