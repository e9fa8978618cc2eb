package dev.freehold.chat;

/// Watches a growing answer for the loops that small models fall into: the same stretch of text,
/// word for word, time after time.
///
/// It is for those who show answers to people. An answer over the API is never ended by it. Not
/// thread-safe.
public final class Repetition {

  /// Characters that must be the same.
  private static final int STRETCH = 120;

  /// How often they must have come.
  private static final int TIMES = 3;

  /// Characters between two looks.
  private static final int STEP = 24;

  private final StringBuilder text = new StringBuilder();
  private int looked;

  /// Before the first word.
  public Repetition() {}

  /// Takes in the next piece.
  ///
  /// @return whether the answer ends in a stretch of 120 characters that has come three times
  public boolean accept(String piece) {
    text.append(piece);
    if (text.length() - looked < STEP || text.length() < TIMES * STRETCH) {
      return false;
    }
    looked = text.length();
    String stretch = text.substring(text.length() - STRETCH);
    int count = 0;
    int at = text.indexOf(stretch);
    while (at >= 0 && count < TIMES) {
      count++;
      at = text.indexOf(stretch, at + STRETCH);
    }
    return count == TIMES;
  }
}
