package dev.freehold.model.layer;

import java.util.List;

/// The tokens that go through the layers together: stretches of one or more sequences, one row for
/// each token.
///
/// @param tokens token of each row
/// @param stretches the sequences, in row order
public record Rows(int[] tokens, List<Stretch> stretches) {

  /// Consecutive rows of one sequence.
  ///
  /// @param states what each layer remembers, with room for these rows
  /// @param row the first row
  /// @param count how many rows
  /// @param position position of the first row in its sequence
  public record Stretch(List<LayerState> states, int row, int count, int position) {

    /// What attention layer `layer` remembers.
    KeyValues keyValues(int layer) {
      return switch (states.get(layer)) {
        case KeyValues state -> state;
        case Recurrent _ ->
            throw new IllegalStateException("layer %d is recurrent".formatted(layer));
      };
    }

    /// What recurrent layer `layer` remembers.
    Recurrent recurrent(int layer) {
      return switch (states.get(layer)) {
        case Recurrent state -> state;
        case KeyValues _ -> throw new IllegalStateException("layer %d attends".formatted(layer));
      };
    }
  }

  /// How many rows.
  public int count() {
    return tokens.length;
  }
}
