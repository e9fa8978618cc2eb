package dev.freehold.evaluation.statistics;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.TDistribution;

/// Differences of bounded scores on the same cases, in clusters: cases of one conversation stand or
/// fall together, so that the clusters are what is independent.
///
/// Immutable. Several runs of one case are averaged before they come here, or share a cluster.
public final class PairedDifferences {

  /// Under so many clusters with any difference, resampling is not trusted.
  static final int FEWEST_TO_RESAMPLE = 10;

  private final double[] sums;
  private final double[] sizes;
  private final double total;
  private final double mean;

  private PairedDifferences(double[] sums, double[] sizes) {
    this.sums = sums;
    this.sizes = sizes;
    this.total = Arrays.stream(sizes).sum();
    this.mean = Arrays.stream(sums).sum() / total;
  }

  /// @param differences candidate's score minus incumbent's, a case each, -1 to 1
  /// @param clusters the cluster of each case, numbered from 0 without gaps
  public static PairedDifferences of(double[] differences, int[] clusters) {
    if (differences.length != clusters.length || differences.length == 0) {
      throw new IllegalArgumentException("Each of at least one case needs its cluster.");
    }
    int count = Arrays.stream(clusters).max().orElse(-1) + 1;
    double[] sums = new double[count];
    double[] sizes = new double[count];
    for (int i = 0; i < differences.length; i++) {
      if (!(Math.abs(differences[i]) <= 1)) {
        throw new IllegalArgumentException(
            "%s is no difference of scores.".formatted(differences[i]));
      }
      sums[clusters[i]] += differences[i];
      sizes[clusters[i]]++;
    }
    if (Arrays.stream(sizes).anyMatch(size -> size == 0)) {
      throw new IllegalArgumentException("A cluster has no case.");
    }
    return new PairedDifferences(sums, sizes);
  }

  /// Differences whose cases are all independent.
  public static PairedDifferences of(double... differences) {
    int[] clusters = new int[differences.length];
    Arrays.setAll(clusters, i -> i);
    return of(differences, clusters);
  }

  /// How many clusters there are.
  public int clusters() {
    return sums.length;
  }

  /// The mean over all cases.
  public double mean() {
    return mean;
  }

  /// Standard error of the mean, robust to whatever cases of one cluster have in common (Liang and
  /// Zeger, with the factor G/(G-1)); for clusters of one case the usual one.
  public double standardError() {
    double squares = 0;
    for (int i = 0; i < sums.length; i++) {
      double residual = sums[i] - sizes[i] * mean;
      squares += residual * residual;
    }
    return Math.sqrt(squares * sums.length / (sums.length - 1.0)) / total;
  }

  /// Student's interval with one degree of freedom fewer than clusters.
  public Interval student(double confidence) {
    double t = TDistribution.of(sums.length - 1.0).inverseSurvivalProbability((1 - confidence) / 2);
    double half = t * standardError();
    return new Interval(mean - half, mean + half);
  }

  /// The interval the verdict stands on: the studentised bootstrap over clusters, or, where fewer
  /// than ten clusters show any difference, one that needs no resampling.
  ///
  /// @param confidence e.g. 0.95
  /// @param resamples e.g. 1,999
  /// @param seed the same seed gives the same interval
  public Interval interval(double confidence, int resamples, long seed) {
    return counted()
        ? few().interval(confidence)
        : Bootstrap.draw(sums, sizes, resamples, seed).studentised(confidence).clipped();
  }

  /// Clusters in which there is any difference.
  private int differing() {
    return (int) Arrays.stream(sums).filter(sum -> sum != 0).count();
  }

  /// Whether what differs is counted instead of resampled: where there is little of it, and where
  /// it is whole cases, of which Tango's interval knows more.
  private boolean counted() {
    return differing() < FEWEST_TO_RESAMPLE || few().whole();
  }

  private FewDifferences few() {
    return new FewDifferences(sums, sizes);
  }

  /// One-sided probability of so good a candidate if it were in truth worse by the margin: by
  /// Student's distribution, or, where too little differs for that, by the interval's own bounds.
  public double nonInferiority(double margin) {
    return counted() ? few().nonInferiority(margin) : tail(mean + margin);
  }

  /// One-sided probability of so poor a candidate if it were in truth worse by no more than the
  /// margin.
  public double inferiority(double margin) {
    return counted() ? few().inferiority(margin) : tail(-mean - margin);
  }

  /// Two-sided probability of so large a difference if there were none: by Student's distribution,
  /// or, where too little differs for that, by the sign test over clusters.
  public double noDifference() {
    if (counted()) {
      int losing = (int) Arrays.stream(sums).filter(sum -> sum < 0).count();
      int winning = differing() - losing;
      return differing() == 0 ? 1 : new PairedBinary(0, winning, losing, 0).exactMcNemar();
    }
    return Math.min(1, 2 * tail(Math.abs(mean)));
  }

  private double tail(double distance) {
    double error = standardError();
    if (!(error > 0)) {
      return distance > 0 ? 0 : 1;
    }
    return TDistribution.of(sums.length - 1.0).survivalProbability(distance / error);
  }

  double[] sums() {
    return sums.clone();
  }

  double[] sizes() {
    return sizes.clone();
  }
}
