package dev.freehold.evaluation.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.NormalDistribution;

/// Resampled means of clusters, and the intervals drawn from them.
///
/// Studentised: Efron and Tibshirani, An Introduction to the Bootstrap, 12.5. BCa: the same, 14.3,
/// with the acceleration of the jackknife over clusters. Quantiles are interpolated linearly.
final class Bootstrap {

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  private final double[] sums;
  private final double[] sizes;
  private final double mean;
  private final double error;
  private final double[] means;
  private final double[] statistics;

  private Bootstrap(double[] sums, double[] sizes, int resamples) {
    this.sums = sums;
    this.sizes = sizes;
    this.means = new double[resamples];
    this.statistics = new double[resamples];
    int[] all = new int[sums.length];
    Arrays.setAll(all, i -> i);
    double[] moments = moments(all);
    this.mean = moments[0];
    this.error = moments[1];
  }

  static Bootstrap draw(double[] sums, double[] sizes, int resamples, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Bootstrap drawn = new Bootstrap(sums, sizes, resamples);
    int[] picks = new int[sums.length];
    for (int i = 0; i < resamples; i++) {
      for (int k = 0; k < picks.length; k++) {
        picks[k] = random.nextInt(picks.length);
      }
      drawn.take(i, picks);
    }
    drawn.sort();
    return drawn;
  }

  /// With given picks, a row a resample, so that two implementations can be laid side by side.
  static Bootstrap of(double[] sums, double[] sizes, int[][] picks) {
    Bootstrap drawn = new Bootstrap(sums, sizes, picks.length);
    for (int i = 0; i < picks.length; i++) {
      drawn.take(i, picks[i]);
    }
    drawn.sort();
    return drawn;
  }

  private void take(int resample, int[] picks) {
    double[] moments = moments(picks);
    means[resample] = moments[0];
    double distance = moments[0] - mean;
    // A resample without spread says nothing of the scale; its side is all that is known.
    statistics[resample] =
        moments[1] > 0
            ? distance / moments[1]
            : distance == 0 ? 0 : Math.signum(distance) * Double.MAX_VALUE;
  }

  private void sort() {
    Arrays.sort(means);
    Arrays.sort(statistics);
  }

  /// Mean and its standard error of these clusters.
  private double[] moments(int[] picks) {
    double s = 0;
    double n = 0;
    double ss = 0;
    double sn = 0;
    double nn = 0;
    for (int pick : picks) {
      double sum = sums[pick];
      double size = sizes[pick];
      s += sum;
      n += size;
      ss += sum * sum;
      sn += sum * size;
      nn += size * size;
    }
    double average = s / n;
    double squares = ss - 2 * average * sn + average * average * nn;
    // What is left of a difference of equal numbers is no spread.
    boolean spread = squares > 1e-12 * Math.max(ss, 1e-300);
    double g = picks.length;
    return new double[] {average, spread ? Math.sqrt(squares * g / (g - 1)) / n : 0};
  }

  Interval studentised(double confidence) {
    double tail = (1 - confidence) / 2;
    double high = mean - quantile(statistics, tail) * error;
    double low = mean - quantile(statistics, 1 - tail) * error;
    return new Interval(Math.max(low, -1), Math.min(high, 1));
  }

  Interval percentile(double confidence) {
    double tail = (1 - confidence) / 2;
    return new Interval(quantile(means, tail), quantile(means, 1 - tail));
  }

  Interval bca(double confidence) {
    double tail = (1 - confidence) / 2;
    double below = 0;
    for (double one : means) {
      below += one < mean ? 1 : one == mean ? 0.5 : 0;
    }
    double bias = NORMAL.inverseCumulativeProbability(below / means.length);
    double acceleration = acceleration();
    return new Interval(
        quantile(means, adjusted(bias, acceleration, tail)),
        quantile(means, adjusted(bias, acceleration, 1 - tail)));
  }

  private static double adjusted(double bias, double acceleration, double level) {
    double z = bias + NORMAL.inverseCumulativeProbability(level);
    return NORMAL.cumulativeProbability(bias + z / (1 - acceleration * z));
  }

  private double acceleration() {
    double s = Arrays.stream(sums).sum();
    double n = Arrays.stream(sizes).sum();
    double[] without = new double[sums.length];
    Arrays.setAll(without, i -> (s - sums[i]) / (n - sizes[i]));
    double centre = Arrays.stream(without).average().orElse(0);
    double cubes = 0;
    double squares = 0;
    for (double one : without) {
      double distance = centre - one;
      cubes += distance * distance * distance;
      squares += distance * distance;
    }
    return squares == 0 ? 0 : cubes / (6 * Math.pow(squares, 1.5));
  }

  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) Math.floor(place);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
