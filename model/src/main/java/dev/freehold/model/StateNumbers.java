package dev.freehold.model;

/// Where what a [SequenceState] remembers is written down, or where it comes back from: one walk
/// serves both ways, so that they cannot differ.
public interface StateNumbers {

  /// A whole number: writes it and gives it back, or gives what was written.
  int number(int value);

  /// Numbers: writes them, or fills the array with what was written.
  void numbers(float[] values);
}
