package dev.freehold.model;

/// The results of a step: for each entry of its batch the rows it asked for, each of
/// `vocabularySize` logits or, where hidden states were asked for, `embeddingLength` numbers.
///
/// The arrays are the caller's to keep and change.
public final class Logits {

  private final float[][][] rows;

  /// @param rows by entry, then by token
  public Logits(float[][][] rows) {
    this.rows = rows;
  }

  /// How many rows entry `entry` has.
  public int count(int entry) {
    return rows[entry].length;
  }

  /// Row `index` of entry `entry`.
  public float[] row(int entry, int index) {
    return rows[entry][index];
  }

  /// The last row of entry `entry`: the logits of the token that follows.
  public float[] last(int entry) {
    return rows[entry][rows[entry].length - 1];
  }
}
