package dev.freehold.training;

import dev.freehold.model.architecture.Stack;
import dev.freehold.model.layer.RmsNorm;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The last norm, the head and the loss: log-probabilities of the tokens that are learnt, and the
/// gradient of their weighted sum. Logits exist for some rows at a time and for learnt tokens only;
/// those of a whole pass never do.
final class Predictions {

  // Most bytes of logits at a time.
  private static final int MOST = 128 << 20;
  private static final int MOST_ROWS = 1024;

  private final Machinery machinery;
  private final Stack stack;
  private final int width;
  private final int vocabulary;
  private final int rowsAtOnce;
  private final float[] picked;
  private final float[] normed;
  private final float[] logits;

  Predictions(Machinery machinery, Stack stack) {
    this.machinery = machinery;
    this.stack = stack;
    width = stack.parameters().embeddingLength();
    vocabulary = stack.parameters().vocabularySize();
    rowsAtOnce = rowsAtOnce(vocabulary);
    picked = new float[rowsAtOnce * width];
    normed = new float[rowsAtOnce * width];
    logits = new float[Math.multiplyExact(rowsAtOnce, vocabulary)];
  }

  private static int rowsAtOnce(int vocabulary) {
    return Math.clamp(MOST / Float.BYTES / vocabulary, 8, MOST_ROWS);
  }

  /// Bytes that one holds.
  static long bytes(int width, int vocabulary) {
    return (long) rowsAtOnce(vocabulary) * (2L * width + vocabulary) * Float.BYTES;
  }

  /// Computes the log-probability of each learnt token and, where `gradient` is given, adds the
  /// gradient of `−Σ weights · log p`.
  ///
  /// @param hidden what the layers made, `[rows, width]`
  /// @param logProbabilities one for each learnt token, written
  /// @param weights one for each learnt token, or null where no gradient is wanted
  /// @param gradient of `hidden`, `[rows, width]`, added to
  void compute(
      Packed pass,
      float[] hidden,
      double[] logProbabilities,
      float @Nullable [] weights,
      float @Nullable [] gradient) {
    int count = pass.predicting().length;
    int atOnce = Math.ceilDiv(count, Math.max(1, Math.ceilDiv(count, rowsAtOnce)));
    for (int from = 0; from < count; from += atOnce) {
      int rows = Math.min(atOnce, count - from);
      chunk(pass, hidden, logProbabilities, weights, gradient, from, rows);
    }
  }

  private void chunk(
      Packed pass,
      float[] hidden,
      double[] logProbabilities,
      float @Nullable [] weights,
      float @Nullable [] gradient,
      int first,
      int rows) {
    RmsNorm norm = stack.outputNorm();
    for (int i = 0; i < rows; i++) {
      System.arraycopy(hidden, pass.predicting()[first + i] * width, picked, i * width, width);
      machinery.gradients.normalize(
          picked, i * width, norm.weight(), norm.epsilon(), normed, i * width);
    }
    machinery.multiply(normed, rows, stack.head().product(logits, vocabulary).frozen());
    machinery.each(
        rows,
        4,
        (from, to, worker) -> {
          for (int i = from; i < to; i++) {
            float weight = weights == null ? 0 : weights[first + i];
            logProbabilities[first + i] =
                predict(i, pass.targets()[first + i], weights == null, weight);
          }
        });
    if (weights == null || gradient == null) {
      return;
    }
    Arrays.fill(normed, 0, rows * width, 0);
    machinery.addTransposed(stack.head().weight(), logits, rows, normed);
    for (int i = 0; i < rows; i++) {
      machinery.gradients.normalizeBack(
          picked,
          i * width,
          norm.weight(),
          norm.epsilon(),
          normed,
          i * width,
          gradient,
          pass.predicting()[first + i] * width);
    }
  }

  /// The log-probability of `target` in row `row`, whose logits become their gradient.
  private double predict(int row, int target, boolean only, float weight) {
    int start = row * vocabulary;
    float sum = machinery.gradients.logSumExp(logits, start, vocabulary, 1);
    double logProbability = (double) logits[start + target] - sum;
    if (!only) {
      machinery.gradients.exponentials(logits, start, vocabulary, 1, sum, weight);
      logits[start + target] -= weight;
    }
    return logProbability;
  }
}
