package dev.freehold.evaluation.statistics;

import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/// Right or wrong on the same cases: the four counts of a paired comparison of two contestants.
///
/// Differences are candidate minus incumbent. The cases are taken as independent; where several
/// come from one conversation, use [PairedDifferences].
///
/// @param both cases both got right
/// @param candidateOnly cases only the candidate got right
/// @param incumbentOnly cases only the incumbent got right
/// @param neither cases neither got right
public record PairedBinary(int both, int candidateOnly, int incumbentOnly, int neither) {

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  public PairedBinary {
    if (both < 0 || candidateOnly < 0 || incumbentOnly < 0 || neither < 0) {
      throw new IllegalArgumentException("Counts are not negative.");
    }
    if (both + candidateOnly + incumbentOnly + neither == 0) {
      throw new IllegalArgumentException("At least one case is needed.");
    }
  }

  /// Counts the cases.
  ///
  /// @param candidate whether the candidate was right, a case each
  /// @param incumbent whether the incumbent was right, in the same order
  public static PairedBinary of(boolean[] candidate, boolean[] incumbent) {
    if (candidate.length != incumbent.length) {
      throw new IllegalArgumentException("Both need the same cases.");
    }
    int[] counts = new int[4];
    for (int i = 0; i < candidate.length; i++) {
      counts[(candidate[i] ? 0 : 2) + (incumbent[i] ? 0 : 1)]++;
    }
    return new PairedBinary(counts[0], counts[1], counts[2], counts[3]);
  }

  /// How many cases there are.
  public int cases() {
    return both + candidateOnly + incumbentOnly + neither;
  }

  /// Share the candidate got right minus share the incumbent got right.
  public double difference() {
    return (candidateOnly - incumbentOnly) / (double) cases();
  }

  /// Share of cases on which the two differ.
  public double discordance() {
    return (candidateOnly + incumbentOnly) / (double) cases();
  }

  /// Two-sided exact McNemar test of no difference: binomial on the cases on which the two differ.
  public double exactMcNemar() {
    int discordant = candidateOnly + incumbentOnly;
    if (discordant == 0) {
      return 1;
    }
    double tail =
        BinomialDistribution.of(discordant, 0.5)
            .cumulativeProbability(Math.min(candidateOnly, incumbentOnly));
    return Math.min(1, 2 * tail);
  }

  /// Newcombe's hybrid score interval for the difference of paired proportions (method 10 of
  /// Statistics in Medicine 17:2635, 1998).
  ///
  /// @param confidence e.g. 0.95
  public Interval newcombe(double confidence) {
    double n = cases();
    double candidate = (both + candidateOnly) / n;
    double incumbent = (both + incumbentOnly) / n;
    Interval first = wilson(both + candidateOnly, cases(), confidence);
    Interval second = wilson(both + incumbentOnly, cases(), confidence);
    double phi = phi();
    double below = candidate - first.low();
    double above = second.high() - incumbent;
    double low = Math.sqrt(below * below - 2 * phi * below * above + above * above);
    above = first.high() - candidate;
    below = incumbent - second.low();
    double high = Math.sqrt(above * above - 2 * phi * above * below + below * below);
    return new Interval(difference() - low, difference() + high).clipped();
  }

  /// The correlation of the two contestants with Newcombe's correction for continuity.
  private double phi() {
    double product = (double) both * neither - (double) candidateOnly * incumbentOnly;
    if (product > 0) {
      product = Math.max(product - cases() / 2.0, 0);
    }
    double scale =
        (double) (both + candidateOnly)
            * (incumbentOnly + neither)
            * (both + incumbentOnly)
            * (candidateOnly + neither);
    return scale == 0 ? 0 : product / Math.sqrt(scale);
  }

  /// Wilson's score interval of one proportion.
  ///
  /// @param confidence e.g. 0.95
  public static Interval wilson(int right, int cases, double confidence) {
    double z = NORMAL.inverseSurvivalProbability((1 - confidence) / 2);
    double n = cases;
    double share = right / n;
    double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    return new Interval(Math.max(0, centre - half), Math.min(1, centre + half));
  }

  /// Tango's score interval for the difference of paired proportions (Statistics in Medicine
  /// 17:891, 1998): all differences that the score test does not reject.
  ///
  /// @param confidence e.g. 0.95
  public Interval tango(double confidence) {
    double z = NORMAL.inverseSurvivalProbability((1 - confidence) / 2);
    return new Interval(where(z), where(-z));
  }

  /// The difference at which the score statistic, which falls in it, takes a value.
  private double where(double statistic) {
    double low = -1;
    double high = 1;
    while (high - low > 1e-13) {
      double middle = (low + high) / 2;
      if (score(middle) > statistic) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /// Tango's score statistic against a true difference; about standard normal if it is the true
  /// one.
  public double score(double difference) {
    return score(cases(), candidateOnly, incumbentOnly, difference);
  }

  static double score(int cases, int candidateOnly, int incumbentOnly, double difference) {
    double n = cases;
    double b =
        -candidateOnly - incumbentOnly + (2 * n - candidateOnly + incumbentOnly) * difference;
    double c = -incumbentOnly * difference * (1 - difference);
    double likeliest = (Math.sqrt(Math.max(0, b * b - 8 * n * c)) - b) / (4 * n);
    double variance = n * (2 * likeliest + difference * (1 - difference));
    double distance = candidateOnly - incumbentOnly - n * difference;
    // At the ends of the range the variance vanishes with the distance.
    return variance <= 0
        ? (distance == 0 ? 0 : Math.signum(distance) * Double.POSITIVE_INFINITY)
        : distance / Math.sqrt(variance);
  }

  /// One-sided probability of so good a candidate if it were in truth worse by the margin.
  ///
  /// @param margin in score points, e.g. 0.03
  public double nonInferiority(double margin) {
    return NORMAL.survivalProbability(score(-margin));
  }

  /// One-sided probability of so poor a candidate if it were in truth worse by no more than the
  /// margin.
  public double inferiority(double margin) {
    return NORMAL.cumulativeProbability(score(-margin));
  }
}
