package dev.freehold.evaluation.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Holm's step-down correction: many slices looked at, and still at most the stated chance of any
/// false alarm (Scandinavian Journal of Statistics 6:65, 1979).
public final class Holm {

  private Holm() {}

  /// @param probabilities one for each test
  /// @return the adjusted ones, in the same order, to be held against the level itself
  public static double[] adjust(double... probabilities) {
    List<Integer> order =
        IntStream.range(0, probabilities.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> probabilities[i]))
            .toList();
    double[] adjusted = new double[probabilities.length];
    double largest = 0;
    for (int rank = 0; rank < order.size(); rank++) {
      int i = order.get(rank);
      largest = Math.max(largest, (probabilities.length - rank) * probabilities[i]);
      adjusted[i] = Math.min(1, largest);
    }
    return adjusted;
  }
}
