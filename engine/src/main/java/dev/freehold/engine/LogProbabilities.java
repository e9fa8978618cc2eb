package dev.freehold.engine;

/// The natural logarithms of the probabilities that a row of logits stands for.
final class LogProbabilities {

  private final float[] logits;
  private final double logSumExp;

  private LogProbabilities(float[] logits, double logSumExp) {
    this.logits = logits;
    this.logSumExp = logSumExp;
  }

  static LogProbabilities of(float[] logits) {
    float max = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((double) logit - max);
    }
    return new LogProbabilities(logits, max + Math.log(sum));
  }

  double of(int token) {
    return logits[token] - logSumExp;
  }

  /// The likeliest tokens, best first; of equal ones the lower id first.
  int[] best(int count) {
    int[] best = new int[Math.min(count, logits.length)];
    int filled = 0;
    for (int token = 0; token < logits.length; token++) {
      int place = filled;
      while (place > 0 && logits[token] > logits[best[place - 1]]) {
        place--;
      }
      if (place < best.length) {
        filled = Math.min(filled + 1, best.length);
        System.arraycopy(best, place, best, place + 1, filled - 1 - place);
        best[place] = token;
      }
    }
    return best;
  }
}
