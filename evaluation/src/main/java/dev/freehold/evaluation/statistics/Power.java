package dev.freehold.evaluation.statistics;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/// How likely a run is to find a candidate as good, and how many cases that takes: asked before
/// anything is run.
public final class Power {

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
  private static final double NEGLIGIBLE = 1e-12;

  // Above, what scatters is normal enough, and a sample laid out would take long.
  private static final int MOST_TYPICAL = 400;

  private Power() {}

  /// The chance that Tango's interval of right-or-wrong scores lies wholly above minus the margin,
  /// summed over all outcomes that can happen.
  ///
  /// @param cases independent cases
  /// @param margin in score points, e.g. 0.03
  /// @param difference the true difference, e.g. 0
  /// @param discordance the true share of cases on which the two differ; at least the size of the
  ///   difference
  /// @param confidence of the interval, e.g. 0.95
  public static double binary(
      int cases, double margin, double difference, double discordance, double confidence) {
    double winning = (discordance + difference) / 2;
    double losing = (discordance - difference) / 2;
    if (winning < 0 || losing < 0 || discordance > 1) {
      throw new IllegalArgumentException("No such shares: %s, %s.".formatted(winning, losing));
    }
    double z = NORMAL.inverseSurvivalProbability((1 - confidence) / 2);
    double power = 0;
    BinomialDistribution wins = BinomialDistribution.of(cases, winning);
    for (int win = 0; win <= cases; win++) {
      double chance = wins.probability(win);
      if (chance > NEGLIGIBLE) {
        // More losses only lower the statistic, so one limit says it for all.
        int most = mostLosses(cases, win, margin, z);
        double share = winning == 1 ? 0 : Math.min(1, losing / (1 - winning));
        power +=
            most < 0
                ? 0
                : chance * BinomialDistribution.of(cases - win, share).cumulativeProbability(most);
      }
    }
    return power;
  }

  private static int mostLosses(int cases, int wins, double margin, double z) {
    int low = -1;
    int high = cases - wins;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (PairedBinary.score(cases, wins, middle, -margin) > z) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// The chance that Student's interval lies wholly above minus the margin: a non-central t.
  ///
  /// @param clusters independent observations
  /// @param margin in score points
  /// @param difference the true difference
  /// @param deviation standard deviation of an observation's difference
  /// @param confidence of the interval, e.g. 0.95
  public static double bounded(
      int clusters, double margin, double difference, double deviation, double confidence) {
    double degrees = clusters - 1.0;
    double critical = TDistribution.of(degrees).inverseSurvivalProbability((1 - confidence) / 2);
    double shift = (difference + margin) / deviation * Math.sqrt(clusters);
    ChiSquaredDistribution spread = ChiSquaredDistribution.of(degrees);
    // Over the square root, so that the integrand is smooth at 0 too; Simpson's rule.
    double from = Math.sqrt(spread.inverseCumulativeProbability(1e-14));
    double to = Math.sqrt(spread.inverseSurvivalProbability(1e-14));
    int steps = 400;
    double width = (to - from) / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double root = from + i * width;
      double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
      sum +=
          weight
              * 2
              * root
              * spread.density(root * root)
              * NORMAL.cumulativeProbability(shift - critical * root / Math.sqrt(degrees));
    }
    return sum * width / 3;
  }

  /// The chance that scores between 0 and 1 are found as good: that Student's interval lies above
  /// minus the margin, and that failures which are rare and total, and were not seen, are ruled out
  /// ([PairedDifferences#nonInferiority]), whichever asks for more.
  ///
  /// Parameters as for [#bounded].
  public static double graded(
      int clusters, double margin, double difference, double deviation, double confidence) {
    double spread = deviation * Math.sqrt(clusters);
    double least =
        clusters > MOST_TYPICAL
            ? unseen(spread, 1 - confidence) / clusters - margin
            : leastMean(clusters, margin, deviation, 1 - confidence);
    return Math.min(
        bounded(clusters, margin, difference, deviation, confidence),
        NORMAL.cumulativeProbability((difference - least) * clusters / spread));
  }

  /// The least mean at which a sample whose differences lie as those of a normal distribution do
  /// rules rare, total failures out.
  private static double leastMean(int clusters, double margin, double deviation, double chance) {
    double[] typical = new double[clusters];
    double squares = 0;
    for (int i = 0; i < clusters; i++) {
      typical[i] = NORMAL.inverseCumulativeProbability((i + 0.5) / clusters);
      squares += typical[i] * typical[i];
    }
    double factor = deviation * Math.sqrt((clusters - 1) / Math.max(squares, NEGLIGIBLE));
    double[] sizes = new double[clusters];
    Arrays.fill(sizes, 1);
    double low = -margin;
    double high = 1;
    for (int i = 0; i < 24; i++) {
      double mean = (low + high) / 2;
      double[] sums = new double[clusters];
      Arrays.setAll(sums, k -> Math.clamp(mean + factor * typical[k], -1, 1));
      if (new WeightedMean(sums, sizes, -1, 1, 1).below(-margin) > chance) {
        low = mean;
      } else {
        high = mean;
      }
    }
    return high;
  }

  /// How many whole failures what was not seen and what scatters amount to, but for this chance:
  /// the sum of an exponential and a normal variable.
  private static double unseen(double spread, double chance) {
    double low = 0;
    double high = 10 / chance + 10 * spread;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      double beyond = NORMAL.survivalProbability(middle / spread);
      double inner = NORMAL.cumulativeProbability(middle / spread - spread);
      beyond += inner > 0 ? Math.exp(spread * spread / 2 - middle + Math.log(inner)) : 0;
      if (beyond > chance) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /// The fewest cases with which right-or-wrong scores reach a power.
  ///
  /// @return that number, or [Integer#MAX_VALUE] where more than ten million would be needed
  public static int casesForBinary(
      double power, double margin, double difference, double discordance, double confidence) {
    int rough =
        normal(power, margin, difference, discordance - difference * difference, confidence);
    if (rough > 20_000) {
      return rough; // There the normal distribution is exact enough, and the sum takes long.
    }
    int cases = Math.max(2, rough / 2);
    while (binary(cases, margin, difference, discordance, confidence) < power) {
      cases += Math.max(1, cases / 50);
    }
    return cases;
  }

  /// The fewest clusters with which scores between 0 and 1 reach a power; as for [#casesForBinary].
  public static int casesForGraded(
      double power, double margin, double difference, double deviation, double confidence) {
    int normal = normal(power, margin, difference, deviation * deviation, confidence) - 3;
    int cases = Math.max(2, Math.max(normal, (int) Math.min(2 / (difference + margin), 1e7)));
    while (cases < 20_000 && graded(cases, margin, difference, deviation, confidence) < power) {
      cases++;
    }
    return cases;
  }

  private static int normal(
      double power, double margin, double difference, double variance, double confidence) {
    double distance = difference + margin;
    if (!(distance > 0)) {
      return Integer.MAX_VALUE;
    }
    double z =
        NORMAL.inverseSurvivalProbability((1 - confidence) / 2)
            + NORMAL.inverseCumulativeProbability(power);
    double cases = Math.ceil(z * z * variance / (distance * distance));
    return cases > 1e7 ? Integer.MAX_VALUE : (int) cases;
  }
}
