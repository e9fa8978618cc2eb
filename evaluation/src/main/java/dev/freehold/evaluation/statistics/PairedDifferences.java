package dev.freehold.evaluation.statistics;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.TDistribution;

/// Differences of bounded scores on the same cases, in clusters: cases of one conversation stand or
/// fall together, so that the clusters are what is independent.
///
/// Immutable. Several runs of one case are averaged before they come here, or share a cluster.
public final class PairedDifferences {

  /// Of fewer clusters nobody tells how far they deviate.
  private static final int FEW = 6;

  /// With fewer clusters that differ, Student's distribution does not say whether any does.
  private static final int FEWEST_FOR_STUDENT = 10;

  /// How much of an unseen cluster counts where it is taken for a whole one, and where it is taken
  /// for one as far off as the farthest seen.
  private static final double WHOLE_WEIGHT = 1 / 2.0;

  private static final double SEEN_WEIGHT = 1 / 3.0;

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

  /// The interval the verdict stands on. Where each is won, lost or equal as a whole, Tango's. Else
  /// what remains of a [WeightedMean] without its tails: with an unseen cluster that speaks against
  /// either end. Where fewer than six clusters deviate, nobody knows how far those not seen would,
  /// and half a cluster is taken for lost or won wholly; from six on, a third of one for as far off
  /// as the farthest that was seen.
  ///
  /// @param confidence e.g. 0.95
  public Interval interval(double confidence) {
    double share = (1 - confidence) / 2;
    return whole()
        ? binary().tango(confidence)
        : new Interval(unseen(-1).quantile(share), unseen(1).quantile(1 - share)).clipped();
  }

  /// Whether clusters are of one size and each is won, lost or equal as a whole, so that Tango's
  /// interval decides.
  public boolean whole() {
    double most = largest();
    return Arrays.stream(sizes).allMatch(size -> size == most)
        && Arrays.stream(sums).allMatch(sum -> sum == 0 || Math.abs(sum) == most);
  }

  private double largest() {
    return Arrays.stream(sizes).max().orElse(1);
  }

  private PairedBinary binary() {
    return new PairedBinary(sums.length - differing(), winning(), differing() - winning(), 0);
  }

  /// Clusters in which there is any difference.
  private int differing() {
    return (int) Arrays.stream(sums).filter(sum -> sum != 0).count();
  }

  private int winning() {
    return (int) Arrays.stream(sums).filter(sum -> sum > 0).count();
  }

  /// Clusters whose difference is not the commonest.
  private int deviating() {
    double[] rates = new double[sums.length];
    Arrays.setAll(rates, i -> sums[i] / sizes[i]);
    Arrays.sort(rates);
    double middle = rates[rates.length / 2];
    return (int) Arrays.stream(rates).filter(rate -> Math.abs(rate - middle) > 1e-9).count();
  }

  /// The mean with an unseen cluster on one side: -1 lost, 1 won.
  private WeightedMean unseen(int side) {
    if (deviating() < FEW) {
      return new WeightedMean(sums, sizes, side * largest(), largest(), WHOLE_WEIGHT);
    }
    double size = total / sums.length;
    double farthest = 0;
    for (int i = 0; i < sums.length; i++) {
      farthest = Math.max(farthest, Math.abs(sums[i] - mean * sizes[i]));
    }
    double sum = Math.clamp(mean * size + side * farthest, -size, size);
    return new WeightedMean(sums, sizes, sum, size, SEEN_WEIGHT);
  }

  /// One-sided probability of so good a candidate if it were in truth worse by the margin: the tail
  /// at which the interval's lower end lies there.
  ///
  /// However much differs, and however little each, failures that are rare and total may not have
  /// been seen. Gaffke's bound holds them off: the chance that they were, if they brought the
  /// candidate to the margin, counts by half, so that a candidate at the margin is called as good
  /// in at most twice the tail whatever its differences are.
  public double nonInferiority(double margin) {
    return whole()
        ? binary().nonInferiority(margin)
        : Math.max(unseen(-1).below(-margin), rareFailures(margin) / 2);
  }

  /// The chance that failures nobody saw hide a candidate that is worse by the margin.
  private double rareFailures(double margin) {
    return new WeightedMean(sums, sizes, -largest(), largest(), 1).below(-margin);
  }

  /// One-sided probability of so poor a candidate if it were in truth worse by no more than the
  /// margin.
  public double inferiority(double margin) {
    return whole() ? binary().inferiority(margin) : 1 - unseen(1).below(-margin);
  }

  /// Two-sided probability of so large a difference if there were none: by Student's distribution,
  /// or, where too little differs for that, by the sign test over clusters.
  public double noDifference() {
    int differing = differing();
    if (differing < FEWEST_FOR_STUDENT || whole()) {
      return differing == 0
          ? 1
          : new PairedBinary(0, winning(), differing - winning(), 0).exactMcNemar();
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
