package dev.freehold.evaluation;

/// What a contestant costs.
///
/// @param promptMillion money for a million tokens of prompt
/// @param completionMillion money for a million generated tokens
/// @param hour money for an hour of answering, as own machines cost
public record Price(double promptMillion, double completionMillion, double hour) {

  /// Costs nothing that is counted.
  public static final Price FREE = new Price(0, 0, 0);

  double of(Attempt attempt) {
    return (attempt.promptTokens() * promptMillion + attempt.completionTokens() * completionMillion)
            / 1e6
        + attempt.millis() / 3.6e6 * hour;
  }
}
