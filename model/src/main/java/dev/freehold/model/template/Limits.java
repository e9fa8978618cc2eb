package dev.freehold.model.template;

/// What one rendering may spend before it is ended; a template comes with a model file and is not
/// trusted.
///
/// @param steps expressions and statements evaluated
/// @param allocatedCharacters characters made on the way, garbage included; a list entry is eight
/// @param outputCharacters characters of the result
public record Limits(long steps, long allocatedCharacters, long outputCharacters) {

  /// For finding out once how a template writes a call, in a talk of a few short messages, of which
  /// real templates take under 200 steps and 10,000 characters.
  static final Limits PROBE = new Limits(25_000, 1L << 20, 1L << 18);

  private static final int STEPS_PER_MESSAGE = 5_000;
  private static final int ALLOCATION_PER_CHARACTER = 48;
  private static final int ALLOCATION_PER_MESSAGE = 4_096;
  private static final int OUTPUT_PER_CHARACTER = 4;

  /// Limits that leave ample room for templates over messages of so many characters: fixed parts of
  /// a quarter of a million steps, 16 million allocated and 4 million printed characters. Real
  /// templates take under 100 steps a message.
  public static Limits forInput(long characters, int messages) {
    return new Limits(
        250_000L + (long) STEPS_PER_MESSAGE * messages,
        (16L << 20)
            + ALLOCATION_PER_CHARACTER * characters
            + (long) ALLOCATION_PER_MESSAGE * messages,
        (4L << 20) + OUTPUT_PER_CHARACTER * characters);
  }
}
