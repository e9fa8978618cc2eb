package dev.freehold.evaluation;

import dev.freehold.evaluation.statistics.Interval;
import dev.freehold.evaluation.statistics.PairedBinary;
import dev.freehold.evaluation.statistics.PairedDifferences;
import java.util.Arrays;

/// A candidate against the incumbent on the same cases.
///
/// Rounded to twelve decimals, so that it is the same on every machine.
///
/// @param cases how many
/// @param clusters how many of them are independent
/// @param difference mean of candidate minus incumbent
/// @param interval of the difference
/// @param method how the interval was made
/// @param standardError of the difference, robust to clusters
/// @param nonInferiority one-sided probability of so good a candidate if it were worse by the
///   margin
/// @param inferiority one-sided probability of so poor a candidate if it were worse by no more than
///   the margin
/// @param noDifference two-sided probability of so large a difference if there were none
public record Comparison(
    int cases,
    int clusters,
    double difference,
    Interval interval,
    String method,
    double standardError,
    double nonInferiority,
    double inferiority,
    double noDifference) {

  public static final String TANGO = "Tango's score interval for paired proportions";
  public static final String WHOLE = "Tango's score interval over conversations";
  public static final String BOOTSTRAP = "Bayesian bootstrap over conversations";

  /// @param which the cases to look at
  static Comparison of(
      ScoreTable table, int[] which, String candidate, String incumbent, ProofSettings settings) {
    double[] one = table.means(candidate);
    double[] other = table.means(incumbent);
    int[] clusters = table.clusters(which);
    int count = Arrays.stream(clusters).max().orElse(-1) + 1;
    double[] differences = Arrays.stream(which).mapToDouble(i -> one[i] - other[i]).toArray();
    PairedDifferences paired = PairedDifferences.of(differences, clusters);
    double error = count > 1 ? paired.standardError() : Double.NaN;
    if (table.single(candidate) && table.single(incumbent) && count == which.length) {
      PairedBinary binary = binary(one, other, which);
      return new Comparison(
          which.length,
          count,
          rounded(binary.difference()),
          rounded(binary.tango(settings.confidence())),
          TANGO,
          count > 1 ? rounded(error) : 0,
          rounded(binary.nonInferiority(settings.margin())),
          rounded(binary.inferiority(settings.margin())),
          rounded(binary.exactMcNemar()));
    }
    if (count < 2) {
      return new Comparison(
          which.length, count, rounded(paired.mean()), new Interval(-1, 1), BOOTSTRAP, 0, 1, 1, 1);
    }
    return new Comparison(
        which.length,
        count,
        rounded(paired.mean()),
        rounded(paired.interval(settings.confidence())),
        paired.whole() ? WHOLE : BOOTSTRAP,
        rounded(error),
        rounded(paired.nonInferiority(settings.margin())),
        rounded(paired.inferiority(settings.margin())),
        rounded(paired.noDifference()));
  }

  private static PairedBinary binary(double[] one, double[] other, int[] which) {
    boolean[] candidate = new boolean[which.length];
    boolean[] incumbent = new boolean[which.length];
    for (int i = 0; i < which.length; i++) {
      candidate[i] = one[which[i]] == 1;
      incumbent[i] = other[which[i]] == 1;
    }
    return PairedBinary.of(candidate, incumbent);
  }

  private static Interval rounded(Interval interval) {
    return new Interval(rounded(interval.low()), rounded(interval.high()));
  }

  static double rounded(double value) {
    double rounded = Math.rint(value * 1e12) / 1e12;
    return rounded == 0 ? 0.0 : rounded; // No negative zero.
  }
}
