package dev.freehold.evaluation.statistics;

import java.util.Arrays;

/// Intervals for the mean difference that may be looked at after every case, for ever: the chance
/// that any of them misses the truth is at most 1 − confidence.
///
/// The hedged capital process of Waudby-Smith and Ramdas (Estimating means of bounded random
/// variables by betting, JRSS B 2024, arXiv 2010.09686): a martingale bets against each possible
/// mean with predictable stakes, and a mean against which the capital grew twentyfold is out. Exact
/// for independent bounded observations of one mean, at any number of them. Where cases come in
/// conversations, an observation is a conversation's mean.
///
/// Used by one thread.
public final class ConfidenceSequence {

  /// Largest share of the capital that is staked.
  private static final double MOST = 0.5;

  private final double alpha;
  private double[] shares = new double[64];
  private double[] stakes = new double[64];
  private int count;
  private double sum = 0.5;
  private double squares = 0.25;

  /// @param confidence of the whole sequence, e.g. 0.95
  public ConfidenceSequence(double confidence) {
    this.alpha = 1 - confidence;
  }

  /// Takes in a difference, -1 to 1.
  public void add(double difference) {
    if (!(Math.abs(difference) <= 1)) {
      throw new IllegalArgumentException("%s is no difference of scores.".formatted(difference));
    }
    if (count == shares.length) {
      shares = Arrays.copyOf(shares, 2 * count);
      stakes = Arrays.copyOf(stakes, 2 * count);
    }
    double share = (difference + 1) / 2;
    int t = count + 1;
    double variance = squares / t;
    stakes[count] = Math.sqrt(2 * Math.log(2 / alpha) / (variance * t * Math.log(t + 1.0)));
    shares[count] = share;
    count = t;
    sum += share;
    double distance = share - sum / (t + 1);
    squares += distance * distance;
  }

  /// How many differences were taken in.
  public int count() {
    return count;
  }

  /// What is not ruled out now.
  public Interval interval() {
    double low = edge(1);
    double high = edge(-1);
    // Both sides can rule out all but a crossing point; then nothing but that is left.
    return new Interval(2 * Math.min(low, high) - 1, 2 * Math.max(low, high) - 1);
  }

  /// Where the means that a side's bets have ruled out end.
  private double edge(int side) {
    double from = 0;
    double to = 1;
    for (int i = 0; i < 50; i++) {
      double middle = (from + to) / 2;
      if (ruledOut(middle, side) == side > 0) {
        from = middle;
      } else {
        to = middle;
      }
    }
    return side > 0 ? from : to;
  }

  /// Whether the bet that the mean is higher (side 1) or lower (side -1) than this has paid enough.
  private boolean ruledOut(double mean, int side) {
    double most = side > 0 ? MOST / mean : MOST / (1 - mean);
    double log = Math.log(0.5);
    double enough = -Math.log(alpha);
    for (int i = 0; i < count; i++) {
      log += Math.log1p(side * Math.min(stakes[i], most) * (shares[i] - mean));
      if (log >= enough) {
        return true; // Once out, out for ever: the sequence is the intersection over time.
      }
    }
    return false;
  }
}
