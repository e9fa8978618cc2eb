package dev.freehold.model.layer;

import org.jspecify.annotations.Nullable;

/// How a router's numbers become a choice of experts and their weights.
///
/// @param used how many experts a row goes through
/// @param gating what turns the numbers into shares
/// @param normalised whether the shares of the chosen are divided by their sum
/// @param scale multiplies the weights
/// @param bias added to the shares when choosing, not when weighing (DeepSeek-V3, arXiv 2412.19437,
///   2.1.2), `[experts]` or null
/// @param groups into how many equal groups the experts fall; 1 is none
/// @param groupsUsed from how many groups is chosen: those with the best two experts together where
///   shares are sigmoids (DeepSeek-V3), those with the best one where not (DeepSeek-V2)
public record Routing(
    int used,
    Gating gating,
    boolean normalised,
    float scale,
    float @Nullable [] bias,
    int groups,
    int groupsUsed) {

  /// What turns a router's numbers into shares.
  public enum Gating {
    /// Softmax over all experts.
    SOFTMAX,
    /// Sigmoid of each.
    SIGMOID,
    /// Softmax over the chosen only.
    SOFTMAX_OF_CHOSEN
  }

  /// A row's experts, best first, and their weights.
  public record Choice(int[] experts, float[] weights) {
    /// Which of them `expert` is, or -1.
    public int placeOf(int expert) {
      for (int i = 0; i < experts.length; i++) {
        if (experts[i] == expert) {
          return i;
        }
      }
      return -1;
    }
  }

  /// The usual: softmax over all, the best `used` taken.
  public static Routing softmax(int used, boolean normalised, float scale) {
    return new Routing(used, Gating.SOFTMAX, normalised, scale, null, 1, 1);
  }

  /// The choice for a row whose numbers of `count` experts begin at `scores[start]`.
  public Choice choose(float[] scores, int start, int count) {
    double[] shares = shares(scores, start, count);
    double[] ranks = ranks(shares);
    int[] chosen = new int[used];
    float[] weights = new float[used];
    for (int i = 0; i < used; i++) {
      int best = -1;
      for (int e = 0; e < count; e++) {
        if (best < 0 || ranks[e] > ranks[best]) {
          best = e;
        }
      }
      chosen[i] = best;
      ranks[best] = Double.NEGATIVE_INFINITY;
    }
    double total = 0;
    double largest = shares[chosen[0]];
    for (int i = 0; i < used; i++) {
      double share = shares[chosen[i]];
      share = gating == Gating.SOFTMAX_OF_CHOSEN ? Math.exp(share - largest) : share;
      weights[i] = (float) share;
      total += share;
    }
    boolean divide = normalised || gating == Gating.SOFTMAX_OF_CHOSEN;
    for (int i = 0; i < used; i++) {
      weights[i] *= (float) (divide ? scale / total : scale);
    }
    return new Choice(chosen, weights);
  }

  private double[] shares(float[] scores, int start, int count) {
    double[] shares = new double[count];
    double largest = Double.NEGATIVE_INFINITY;
    for (int e = 0; e < count; e++) {
      largest = Math.max(largest, scores[start + e]);
    }
    double total = 0;
    for (int e = 0; e < count; e++) {
      double score = scores[start + e];
      shares[e] =
          switch (gating) {
            case SOFTMAX -> Math.exp(score - largest);
            case SIGMOID -> 1 / (1 + Math.exp(-score));
            case SOFTMAX_OF_CHOSEN -> score;
          };
      total += shares[e];
    }
    for (int e = 0; e < count && gating == Gating.SOFTMAX; e++) {
      shares[e] /= total;
    }
    return shares;
  }

  /// What is chosen by: shares with the bias, those of groups not used out of reach.
  private double[] ranks(double[] shares) {
    double[] ranks = shares.clone();
    for (int e = 0; e < ranks.length && bias != null; e++) {
      ranks[e] += bias[e];
    }
    if (groups == 1) {
      return ranks;
    }
    int size = ranks.length / groups;
    double[] best = new double[groups];
    for (int g = 0; g < groups; g++) {
      double[] group = java.util.Arrays.copyOfRange(ranks, g * size, (g + 1) * size);
      java.util.Arrays.sort(group);
      boolean two = gating == Gating.SIGMOID && size > 1;
      best[g] = group[size - 1] + (two ? group[size - 2] : 0);
    }
    double[] sorted = best.clone();
    java.util.Arrays.sort(sorted);
    double least = sorted[groups - groupsUsed];
    for (int e = 0; e < ranks.length; e++) {
      ranks[e] = best[e / size] >= least ? ranks[e] : Double.NEGATIVE_INFINITY;
    }
    return ranks;
  }
}
