package dev.freehold.engine;

import java.util.Arrays;

/// The tokens that may be chosen, with their logits: each filter leaves fewer, never none. Not
/// thread-safe.
final class Candidates {

  private int[] tokens;
  private float[] logits;

  /// What the tokens under the floor weigh together, the likeliest weighing one.
  private final double rest;

  private Candidates(int[] tokens, float[] logits, double rest) {
    this.tokens = tokens;
    this.logits = logits;
    this.rest = rest;
  }

  /// The tokens of a row of logits that are possible and not under a floor, likeliest first; of
  /// equal ones the lower id first.
  static Candidates of(float[] row, double floor) {
    long[] keys = new long[row.length];
    int count = 0;
    for (int i = 0; i < row.length; i++) {
      if (row[i] >= floor && row[i] != Float.NEGATIVE_INFINITY) {
        int bits = Float.floatToIntBits(row[i] + 0f);
        // Order of floats as order of integers, inverted; the id breaks ties.
        int order = ~(bits ^ ((bits >> 31) & Integer.MAX_VALUE));
        keys[count++] = ((long) order << 32) | i;
      }
    }
    Arrays.sort(keys, 0, count);
    int[] tokens = new int[count];
    float[] logits = new float[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = (int) keys[i];
      logits[i] = row[tokens[i]];
    }
    double rest = 0;
    for (int i = 0; floor > Double.NEGATIVE_INFINITY && i < row.length; i++) {
      rest += row[i] < floor ? Math.exp((double) row[i] - logits[0]) : 0;
    }
    return new Candidates(tokens, logits, rest);
  }

  int size() {
    return tokens.length;
  }

  int token(int index) {
    return tokens[index];
  }

  private void keep(int from, int to) {
    tokens = Arrays.copyOfRange(tokens, from, to);
    logits = Arrays.copyOfRange(logits, from, to);
  }

  /// The probabilities at a temperature.
  double[] probabilities(double temperature) {
    double[] shares = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < shares.length; i++) {
      shares[i] = Math.exp(((double) logits[i] - logits[0]) / temperature);
      sum += shares[i];
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
    }
    return shares;
  }

  void topK(int count) {
    keep(0, Math.min(count, tokens.length));
  }

  /// Keeps the smallest set whose probability reaches `share`. To be used first, or where nothing
  /// was under the floor.
  void topP(double share) {
    double total = rest;
    for (float logit : logits) {
      total += Math.exp((double) logit - logits[0]);
    }
    double reached = 0;
    int kept = 0;
    while (kept < logits.length && (kept == 0 || reached < share * total)) {
      reached += Math.exp((double) logits[kept++] - logits[0]);
    }
    keep(0, kept);
  }

  /// Drops what is less likely than `share` of the likeliest.
  void minP(double share) {
    int kept = 1;
    while (kept < tokens.length && Math.exp((double) logits[kept] - logits[0]) >= share) {
      kept++;
    }
    keep(0, kept);
  }

  /// Keeps those whose surprise is nearest to the expected one, until their probability exceeds
  /// `share`.
  void typical(double share) {
    double[] shares = probabilities(1);
    double entropy = 0;
    for (double p : shares) {
      entropy -= p > 0 ? p * Math.log(p) : 0;
    }
    double expected = entropy;
    Integer[] order = new Integer[shares.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        (a, b) ->
            Double.compare(
                Math.abs(-Math.log(shares[a]) - expected),
                Math.abs(-Math.log(shares[b]) - expected)));
    double reached = 0;
    int kept = 0;
    while (kept < order.length && reached <= share) {
      reached += shares[order[kept++]];
    }
    int[] left = Arrays.stream(order).limit(kept).mapToInt(Integer::intValue).sorted().toArray();
    int[] keptTokens = new int[kept];
    float[] keptLogits = new float[kept];
    for (int i = 0; i < kept; i++) {
      keptTokens[i] = tokens[left[i]];
      keptLogits[i] = logits[left[i]];
    }
    tokens = keptTokens;
    logits = keptLogits;
  }

  /// Leaves out all that reach a threshold but the least likely of them.
  void excludeTop(double threshold) {
    double[] shares = probabilities(1);
    int last = 0;
    for (int i = 0; i < shares.length && shares[i] >= threshold; i++) {
      last = i;
    }
    keep(last, tokens.length);
  }

  /// Drops what surprises by more than so many bits at a temperature, but the likeliest.
  void lessSurprisingThan(double bits, double temperature) {
    double[] shares = probabilities(temperature);
    int kept = 0;
    while (kept < shares.length && -Math.log(shares[kept]) / Math.log(2) <= bits) {
      kept++;
    }
    keep(0, Math.max(kept, 1));
  }
}
