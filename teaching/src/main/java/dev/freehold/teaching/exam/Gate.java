package dev.freehold.teaching.exam;

/// One condition of being served.
///
/// @param name what it asks
/// @param demand what it demands, in words
/// @param found what was found, in words
/// @param outcome whether it holds
public record Gate(String name, String demand, String found, Outcome outcome) {

  /// Whether it asks if the adapter learned what it was taught, and not only if it forgot nothing.
  public boolean ofLearning() {
    return switch (name) {
      case "taught", "answers", "preferences" -> true;
      default -> false;
    };
  }

  /// Whether a gate holds.
  public enum Outcome {
    /// It does.
    HELD,
    /// It does not.
    MISSED,
    /// There was nothing to measure it on.
    NOT_MEASURED
  }
}
