package dev.freehold.teaching.exam;

import dev.freehold.evaluation.statistics.Interval;
import dev.freehold.evaluation.statistics.PairedDifferences;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One measure of answers that were held out, before and after.
///
/// @param cases answers that base and adapter were asked
/// @param conversations they are from
/// @param before mean of the base
/// @param after mean of the adapter
/// @param low lower end of the 95 % interval of the paired difference, after less before
/// @param high its upper end
public record Comparison(
    int cases, int conversations, double before, double after, double low, double high) {

  /// Under so many conversations an interval says nothing.
  public static final int FEWEST = 5;

  /// Student's interval with conversations as clusters (Liang and Zeger); infinitely wide where
  /// there are too few.
  static Comparison of(double[] before, double[] after, List<String> conversations) {
    Map<String, Integer> numbers = new HashMap<>();
    int[] clusters =
        conversations.stream()
            .mapToInt(one -> numbers.computeIfAbsent(one, _ -> numbers.size()))
            .toArray();
    double[] differences = new double[before.length];
    Arrays.setAll(differences, i -> after[i] - before[i]);
    // The intervals of `evaluation` are of scores within -1 to 1; this one scales with them.
    double scale = Math.max(1, Arrays.stream(differences).map(Math::abs).max().orElse(1));
    Interval interval =
        numbers.size() < FEWEST
            ? new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)
            : PairedDifferences.of(
                    Arrays.stream(differences).map(one -> one / scale).toArray(), clusters)
                .student(0.95);
    return new Comparison(
        before.length,
        numbers.size(),
        Arrays.stream(before).average().orElse(0),
        Arrays.stream(after).average().orElse(0),
        scale * interval.low(),
        scale * interval.high());
  }

  /// After less before.
  public double difference() {
    return after - before;
  }

  /// Whether there is enough to tell anything.
  public boolean measured() {
    return conversations >= FEWEST;
  }
}
