package dev.freehold.evaluation.statistics;

/// A closed interval of differences: candidate minus incumbent, in score points of 0 to 1.
///
/// @param low its lower end
/// @param high its upper end, not below the lower
public record Interval(double low, double high) {

  public Interval {
    if (!(low <= high)) {
      throw new IllegalArgumentException("No interval: %s to %s.".formatted(low, high));
    }
  }

  /// Whether a value lies in it, ends included.
  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  /// Its length.
  public double width() {
    return high - low;
  }

  /// The part of it that a difference of scores between 0 and 1 can take.
  Interval clipped() {
    return new Interval(Math.clamp(low, -1, 1), Math.clamp(high, -1, 1));
  }
}
