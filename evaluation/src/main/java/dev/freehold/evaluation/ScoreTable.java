package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/// The scores of all contestants on all cases, and what the cases have in common: all that a
/// verdict is computed from.
///
/// @param ids of the cases
/// @param conversations of the cases
/// @param slices of the cases
/// @param binary whether every single score is 0 or 1
/// @param scores by contestant, the incumbent's second time under its name with `#again`: a row a
///   case, a score a run
public record ScoreTable(
    List<String> ids,
    List<String> conversations,
    List<Map<String, String>> slices,
    boolean binary,
    Map<String, double[][]> scores) {

  public ScoreTable {
    ids = List.copyOf(ids);
    conversations = List.copyOf(conversations);
    slices = List.copyOf(slices);
    scores = new TreeMap<>(scores);
    for (Map.Entry<String, double[][]> one : scores.entrySet()) {
      if (one.getValue().length != ids.size()) {
        throw new InvalidRequest(
            "%s has scores of %d cases out of %d."
                .formatted(one.getKey(), one.getValue().length, ids.size()),
            "scores");
      }
    }
  }

  /// Whether that contestant has scores.
  boolean has(String contestant) {
    return scores.containsKey(contestant);
  }

  /// Mean over the runs of each case.
  double[] means(String contestant) {
    double[][] all = scores.get(contestant);
    if (all == null) {
      throw new InvalidRequest("There are no scores of %s.".formatted(contestant), "candidate");
    }
    return Arrays.stream(all)
        .mapToDouble(runs -> Arrays.stream(runs).average().orElseThrow())
        .toArray();
  }

  /// Whether each mean is still 0 or 1.
  boolean single(String contestant) {
    return binary && Arrays.stream(scores.get(contestant)).allMatch(runs -> runs.length == 1);
  }

  /// The cases that a condition keeps.
  int[] where(IntPredicate kept) {
    return java.util.stream.IntStream.range(0, ids.size()).filter(kept).toArray();
  }

  /// The clusters of some cases, numbered from 0.
  int[] clusters(int[] cases) {
    Map<String, Integer> numbers = new HashMap<>();
    return Arrays.stream(cases)
        .map(i -> numbers.computeIfAbsent(conversations.get(i), _ -> numbers.size()))
        .toArray();
  }
}
