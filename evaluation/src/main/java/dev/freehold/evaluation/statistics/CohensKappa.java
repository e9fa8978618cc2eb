package dev.freehold.evaluation.statistics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How far two who label the same things agree beyond chance (Cohen, 1960): 1 wholly, 0 as by
/// chance.
///
/// @param kappa the coefficient; 1 where both give one and the same label always
/// @param agreement share of things labelled alike
/// @param labels how many things both labelled
public record CohensKappa(double kappa, double agreement, int labels) {

  /// @param one labels of the one
  /// @param other labels of the other, in the same order
  public static CohensKappa of(List<String> one, List<String> other) {
    if (one.size() != other.size() || one.isEmpty()) {
      throw new IllegalArgumentException("Both must label the same things, at least one.");
    }
    int n = one.size();
    Map<String, Integer> first = new HashMap<>();
    Map<String, Integer> second = new HashMap<>();
    int alike = 0;
    for (int i = 0; i < n; i++) {
      first.merge(one.get(i), 1, Integer::sum);
      second.merge(other.get(i), 1, Integer::sum);
      alike += one.get(i).equals(other.get(i)) ? 1 : 0;
    }
    double chance = 0;
    for (Map.Entry<String, Integer> entry : first.entrySet()) {
      chance += (double) entry.getValue() * second.getOrDefault(entry.getKey(), 0) / n / n;
    }
    double agreement = alike / (double) n;
    double kappa = chance == 1 ? 1 : (agreement - chance) / (1 - chance);
    return new CohensKappa(kappa, agreement, n);
  }
}
