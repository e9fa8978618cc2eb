package dev.freehold.evaluation.statistics;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.statistics.distribution.NormalDistribution;

/// The mean of clusters that count by chance: each by an exponential weight of its own, and beside
/// them a cluster that nobody saw, with a gamma weight. This is Rubin's Bayesian bootstrap (Annals
/// of Statistics 9:130, 1981) with something for what is not in the sample. With a whole unseen
/// cluster at the worst score it is Gaffke's bound (Test 14:413, 2005), which for right-or-wrong
/// scores is that of Clopper and Pearson; with a half, Jeffreys's.
///
/// Nothing is drawn: the chance that a weighted sum of gamma variables is negative is one integral
/// of its moment generating function, along the line through its saddle point (Rice, SIAM J. Sci.
/// Stat. Comput. 1:438, 1980). The same clusters give the same digits.
///
/// Immutable.
final class WeightedMean {

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  /// Of a step along the line, as a share of the distance to what is singular or, from an eighth of
  /// a turn on, grows: chances are held to 1e-9 and better by the tests.
  private static final double STEP = 0.1;

  private static final double NEGLIGIBLE = 1e-15;
  private static final double FARTHEST = 30;

  private final double[] sums;
  private final double[] sizes;
  private final double[] weights;

  /// @param sums of differences, a cluster each
  /// @param sizes cases in each
  /// @param unseenSum sum of the cluster that nobody saw
  /// @param unseenSize cases in it
  /// @param unseenWeight how much it counts beside the others, each of which counts 1
  WeightedMean(
      double[] sums, double[] sizes, double unseenSum, double unseenSize, double unseenWeight) {
    record Cluster(double sum, double size) {}
    Map<Cluster, Integer> alike = new LinkedHashMap<>();
    for (int i = 0; i < sums.length; i++) {
      alike.merge(new Cluster(sums[i] + 0.0, sizes[i]), 1, Integer::sum);
    }
    int count = alike.size();
    this.sums =
        Arrays.copyOf(alike.keySet().stream().mapToDouble(Cluster::sum).toArray(), count + 1);
    this.sizes =
        Arrays.copyOf(alike.keySet().stream().mapToDouble(Cluster::size).toArray(), count + 1);
    this.weights =
        Arrays.copyOf(
            alike.values().stream().mapToDouble(Integer::doubleValue).toArray(), count + 1);
    this.sums[count] = unseenSum;
    this.sizes[count] = unseenSize;
    this.weights[count] = unseenWeight;
  }

  /// The chance of a mean below this.
  double below(double mean) {
    double[] distances = new double[sums.length];
    Arrays.setAll(distances, i -> sums[i] - mean * sizes[i]);
    double least = Arrays.stream(distances).min().orElseThrow();
    double most = Arrays.stream(distances).max().orElseThrow();
    if (least >= 0 || most <= 0) {
      return most <= 0 && least < 0 ? 1 : 0;
    }
    double saddle = saddle(distances, 1 / least, 1 / most);
    double width = 1 / Math.sqrt(curvature(distances, saddle));
    // The line keeps off the pole at nought; it may cross the axis anywhere between the branches.
    double apart = Math.min(width / 2, (saddle < 0 ? -1 / least : 1 / most) / 2);
    double at = Math.abs(saddle) < apart ? Math.copySign(apart, saddle) : saddle;
    double beyond = integral(distances, at, width, Math.min(1 / most - at, at - 1 / least));
    return Math.clamp(at > 0 ? 1 - beyond : -beyond, 0, 1);
  }

  /// Where the cumulant generating function of the sum is flat, between its two singularities.
  private double saddle(double[] distances, double low, double high) {
    double from = low;
    double to = high;
    double at = 0;
    for (int i = 0; i < 100; i++) {
      double slope = 0;
      for (int k = 0; k < distances.length; k++) {
        slope += weights[k] * distances[k] / (1 - at * distances[k]);
      }
      if (slope > 0) {
        to = at;
      } else {
        from = at;
      }
      double next = at - slope / curvature(distances, at);
      next = next > from && next < to ? next : (from + to) / 2;
      if (Math.abs(next - at) < 1e-6 * (high - low)) {
        return next;
      }
      at = next;
    }
    return at;
  }

  private double curvature(double[] distances, double at) {
    double sum = 0;
    for (int k = 0; k < distances.length; k++) {
      double part = distances[k] / (1 - at * distances[k]);
      sum += weights[k] * part * part;
    }
    return sum;
  }

  /// 1/2πi times the integral of exp(K(s))/s along the line through `at`, whose two halves mirror
  /// each other; the trapezoidal rule after y = width · sinh(u).
  private double integral(double[] distances, double at, double width, double toBranch) {
    double cumulant = 0;
    double[] tilted = new double[distances.length];
    for (int k = 0; k < distances.length; k++) {
      double rest = 1 - at * distances[k];
      cumulant -= weights[k] * Math.log(rest);
      tilted[k] = distances[k] / rest;
    }
    double free = Math.min(Math.abs(at), toBranch);
    double step = STEP * Math.min(Math.PI / 4, Math.asin(Math.min(1, free / width)));
    double sum = height(tilted, at, 0) / 2;
    double largest = Math.abs(sum);
    for (double u = step; u < FARTHEST; u += step) {
      double y = width * Math.sinh(u);
      double term = height(tilted, at, y) * Math.cosh(u);
      sum += term;
      largest = Math.max(largest, Math.abs(term));
      if (envelope(tilted, y) * Math.cosh(u) < NEGLIGIBLE * largest * Math.hypot(at, y)) {
        break;
      }
    }
    return Math.exp(cumulant) * sum * step * width / Math.PI;
  }

  private double envelope(double[] tilted, double y) {
    double log = 0;
    for (int k = 0; k < tilted.length && log < 100; k++) {
      double part = y * tilted[k];
      log += weights[k] / 2 * Math.log1p(part * part);
    }
    return Math.exp(-log);
  }

  /// The real part of the integrand over its value on the axis, but for the pole.
  private double height(double[] tilted, double at, double y) {
    double real = 1;
    double imaginary = 0;
    double log = 0;
    double angle = 0;
    for (int k = 0; k < tilted.length; k++) {
      double part = y * tilted[k];
      if (weights[k] == 1) {
        double turned = real + part * imaginary;
        imaginary -= part * real;
        real = turned;
        if (real * real + imaginary * imaginary > 1e200) {
          return 0;
        }
      } else {
        log += weights[k] / 2 * Math.log1p(part * part);
        angle += weights[k] * Math.atan(part);
      }
    }
    double size = Math.exp(-log) / Math.hypot(real, imaginary);
    double direction = angle - Math.atan2(imaginary, real) - Math.atan2(y, at);
    return size * Math.cos(direction) / Math.hypot(at, y);
  }

  /// The mean below which this share of the chance lies.
  double quantile(double share) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < sums.length; i++) {
      low = Math.min(low, sums[i] / sizes[i]);
      high = Math.max(high, sums[i] / sizes[i]);
    }
    double wanted = NORMAL.inverseCumulativeProbability(share);
    double before = low;
    double missBefore = Double.NEGATIVE_INFINITY;
    double at = (low + high) / 2;
    for (int i = 0; i < 200 && high - low > 1e-13; i++) {
      double miss = NORMAL.inverseCumulativeProbability(below(at)) - wanted;
      if (miss < 0) {
        low = at;
      } else {
        high = at;
      }
      // In units of the normal distribution the chance is nearly a straight line.
      double next = at - miss * (at - before) / (miss - missBefore);
      before = at;
      missBefore = miss;
      at = next > low && next < high ? next : (low + high) / 2;
      if (Math.abs(at - before) < 1e-13) {
        break;
      }
    }
    return at;
  }
}
