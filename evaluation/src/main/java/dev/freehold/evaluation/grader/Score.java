package dev.freehold.evaluation.grader;

import java.util.Map;
import java.util.TreeMap;

/// What a grader says of an answer.
///
/// @param value 0 to 1
/// @param why in a few words; empty where there is nothing to say
/// @param parts scores of the parts, where there are any: fields of a JSON object, claims
public record Score(double value, String why, Map<String, Double> parts) {
  public Score {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          "A score lies between 0 and 1, not at %s.".formatted(value));
    }
    parts = java.util.Collections.unmodifiableMap(new TreeMap<>(parts));
  }

  static Score of(double value) {
    return new Score(value, "", Map.of());
  }

  static Score of(boolean right) {
    return of(right ? 1 : 0);
  }

  static Score wrong(String why) {
    return new Score(0, why, Map.of());
  }
}
