package dev.freehold.evaluation.statistics;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/// Clusters of which hardly any shows a difference, so that resampling would say too little about
/// those that were not seen.
///
/// Where every difference is a whole case won or lost, this is Tango's interval. Elsewhere the mean
/// loss and the mean win are bounded one by one and joined as a difference of two estimates (MOVER:
/// Zou and Donner, Statistics in Medicine 27:1693, 2008). Each bound is Stringer's, which auditors
/// use for rare partial errors (Bickel, Int. Stat. Review 60:197, 1992): the binomial bound of each
/// further error counts as far as that error was large. The binomial bounds are those of the mid-p
/// test (Lancaster 1961; Agresti and Gottard, Comput. Stat. Data Anal. 51:6447, 2007): its true
/// one-sided error is at most twice the nominal one, so a candidate at the margin is called as good
/// in at most 5 % of cases at a confidence of 95 %.
///
/// Immutable.
final class FewDifferences {

  private static final int HALVINGS = 60;

  private final double[] losses; // shares of the largest cluster, the largest first
  private final double[] wins;
  private final int clusters;
  private final double largest;

  /// @param sums of differences, a cluster each
  /// @param sizes cases in each
  FewDifferences(double[] sums, double[] sizes) {
    this.clusters = sums.length;
    double most = Arrays.stream(sizes).max().orElse(1);
    this.largest = most * clusters / Arrays.stream(sizes).sum();
    this.losses = fallingBehindZero(sums, -1 / most);
    this.wins = fallingBehindZero(sums, 1 / most);
  }

  private static double[] fallingBehindZero(double[] sums, double factor) {
    double[] rising =
        Arrays.stream(sums).map(sum -> sum * factor).filter(part -> part > 0).sorted().toArray();
    double[] falling = new double[rising.length];
    for (int i = 0; i < rising.length; i++) {
      falling[i] = Math.min(1, rising[rising.length - 1 - i]);
    }
    return falling;
  }

  /// Whether each case stands by itself and what differs is won or lost wholly.
  boolean whole() {
    return largest == 1
        && Arrays.stream(losses).allMatch(part -> part == 1)
        && Arrays.stream(wins).allMatch(part -> part == 1);
  }

  private PairedBinary binary() {
    return new PairedBinary(clusters - losses.length - wins.length, wins.length, losses.length, 0);
  }

  Interval interval(double confidence) {
    if (whole()) {
      return binary().tango(confidence);
    }
    double tail = (1 - confidence) / 2;
    return new Interval(low(tail), high(tail)).clipped();
  }

  /// One-sided probability of so good a candidate if it were in truth worse by the margin: the tail
  /// at which the interval's lower end lies there.
  double nonInferiority(double margin) {
    return whole() ? binary().nonInferiority(margin) : tailAt(tail -> low(tail) + margin);
  }

  /// One-sided probability of so poor a candidate if it were in truth worse by no more than the
  /// margin.
  double inferiority(double margin) {
    return whole() ? binary().inferiority(margin) : tailAt(tail -> -margin - high(tail));
  }

  /// The tail from which on a distance that grows with it is positive; 1 where it never is.
  private static double tailAt(DoubleUnaryOperator distance) {
    double low = 0;
    double high = 0.5;
    if (distance.applyAsDouble(high) <= 0) {
      return 1;
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (distance.applyAsDouble(middle) > 0) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  private double low(double tail) {
    double won = mean(wins);
    double lost = mean(losses);
    return largest * (won - lost - Math.hypot(won - least(wins, tail), most(losses, tail) - lost));
  }

  private double high(double tail) {
    double won = mean(wins);
    double lost = mean(losses);
    return largest * (won - lost + Math.hypot(most(wins, tail) - won, lost - least(losses, tail)));
  }

  private double mean(double[] parts) {
    return Arrays.stream(parts).sum() / clusters;
  }

  /// Stringer's bound from above.
  private double most(double[] parts, double tail) {
    double before = highest(0, tail);
    double bound = before;
    for (int i = 0; i < parts.length; i++) {
      double next = highest(i + 1, tail);
      bound += (next - before) * parts[i];
      before = next;
    }
    return bound;
  }

  /// The same from below: the first errors count as far as the smallest were large.
  private double least(double[] parts, double tail) {
    double before = 0;
    double bound = 0;
    for (int i = 0; i < parts.length; i++) {
      double next = lowest(i + 1, tail);
      bound += (next - before) * parts[parts.length - 1 - i];
      before = next;
    }
    return bound;
  }

  /// The share under which so few hits have a mid-p of this tail.
  private double highest(int hits, double tail) {
    return tail <= 0 ? 1 : share(p -> tail - midP(hits, p));
  }

  /// The share over which so many hits have a mid-p of this tail.
  private double lowest(int hits, double tail) {
    return hits == 0 || tail <= 0 ? 0 : share(p -> 1 - midP(hits, p) - tail);
  }

  /// Fewer hits, and half of as many.
  private double midP(int hits, double p) {
    BinomialDistribution binomial = BinomialDistribution.of(clusters, p);
    return binomial.cumulativeProbability(hits) - binomial.probability(hits) / 2;
  }

  /// Where a function that rises with the share passes nought.
  private static double share(DoubleUnaryOperator rising) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (rising.applyAsDouble(middle) < 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }
}
