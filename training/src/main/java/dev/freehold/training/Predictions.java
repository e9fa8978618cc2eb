package dev.freehold.training;

import dev.freehold.model.architecture.Stack;
import dev.freehold.model.layer.RmsNorm;
import dev.freehold.tensor.FloatRows;
import dev.freehold.tensor.Matrix;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The last norm, the head and the loss: log-probabilities of the tokens that are learnt, and the
/// gradient of their weighted sum. Logits exist for some rows at a time and for learnt tokens only;
/// those of a whole pass never do.
final class Predictions {

  // Most bytes of logits at a time.
  private static final int MOST = 128 << 20;
  private static final int MOST_ROWS = 1024;

  // Rows of the base's logits at a time; few examples are to stay what they are.
  private static final int BASE_ROWS = 64;

  private final Machinery machinery;
  private final Stack stack;
  private final int width;
  private final int vocabulary;
  private final int rowsAtOnce;
  private final FloatRows picked;
  private final FloatRows normed;
  private final FloatRows logits;
  private final FloatRows baseLogits;

  Predictions(Machinery machinery, Stack stack) {
    this.machinery = machinery;
    this.stack = stack;
    width = stack.parameters().embeddingLength();
    vocabulary = stack.parameters().vocabularySize();
    rowsAtOnce = rowsAtOnce(vocabulary);
    picked = machinery.rows(rowsAtOnce, width);
    normed = machinery.rows(rowsAtOnce, width);
    logits = machinery.rows(rowsAtOnce, vocabulary);
    baseLogits = machinery.rows(Math.min(BASE_ROWS, rowsAtOnce), vocabulary);
  }

  private static int rowsAtOnce(int vocabulary) {
    return Math.clamp(MOST / Float.BYTES / vocabulary, 8, MOST_ROWS);
  }

  /// Bytes that one holds.
  static long bytes(int width, int vocabulary) {
    long rows = rowsAtOnce(vocabulary);
    return (rows * (2L * width + vocabulary) + Math.min(BASE_ROWS, rows) * vocabulary)
        * Float.BYTES;
  }

  /// Computes the log-probability of each learnt token and, where `gradient` is given, adds the
  /// gradient of `−Σ weights · log p`.
  ///
  /// @param hidden what the layers made, `[rows, width]`
  /// @param logProbabilities one for each learnt token, written
  /// @param weights one for each learnt token, or null where no gradient is wanted
  /// @param base what the layers made without the pairs of each learnt token that is held to the
  ///   base, `[those, width]`; its log-probability is the one expected under the base then. Empty
  ///   where no gradient is wanted
  /// @param gradient of `hidden`, `[rows, width]`, added to
  void compute(
      Packed pass,
      FloatRows hidden,
      double[] logProbabilities,
      float @Nullable [] weights,
      float[] base,
      @Nullable FloatRows gradient) {
    int count = pass.predicting().length;
    int atOnce = Math.ceilDiv(count, Math.max(1, Math.ceilDiv(count, rowsAtOnce)));
    int held = 0;
    for (int from = 0; from < count; from += atOnce) {
      int rows = Math.min(atOnce, count - from);
      held = chunk(pass, hidden, logProbabilities, weights, base, held, gradient, from, rows);
    }
  }

  /// Returns how many rows of `base` are used up.
  private int chunk(
      Packed pass,
      FloatRows hidden,
      double[] logProbabilities,
      float @Nullable [] weights,
      float[] base,
      int held,
      @Nullable FloatRows gradient,
      int first,
      int rows) {
    RmsNorm norm = stack.outputNorm();
    for (int i = 0; i < rows; i++) {
      int from = hidden.at(pass.predicting()[first + i]);
      System.arraycopy(hidden.numbers(), from, picked.numbers(), picked.at(i), width);
      machinery.gradients.normalize(
          picked.numbers(),
          picked.at(i),
          norm.weight(),
          norm.epsilon(),
          normed.numbers(),
          normed.at(i));
    }
    multiply(normed, rows, logits);
    int[] kept =
        base.length == 0
            ? new int[0]
            : IntStream.range(0, rows).filter(i -> pass.isKept(first + i)).toArray();
    machinery.each(
        rows,
        4,
        (from, to, worker) -> {
          for (int i = from; i < to; i++) {
            if (base.length > 0 && pass.isKept(first + i)) {
              continue;
            }
            float weight = weights == null ? 0 : weights[first + i];
            logProbabilities[first + i] =
                predict(i, pass.targets()[first + i], weights == null, weight);
          }
        });
    if (weights == null || gradient == null) {
      return held;
    }
    for (int from = 0; from < kept.length; from += BASE_ROWS) {
      int[] some = Arrays.copyOfRange(kept, from, Math.min(kept.length, from + BASE_ROWS));
      hold(some, base, held + from, weights, logProbabilities, first);
    }
    machinery.clear(normed, rows);
    machinery.addTransposed(stack.head().weight(), logits, rows, normed);
    for (int i = 0; i < rows; i++) {
      machinery.gradients.normalizeBack(
          picked.numbers(),
          picked.at(i),
          norm.weight(),
          norm.epsilon(),
          normed.numbers(),
          normed.at(i),
          gradient.numbers(),
          gradient.at(pass.predicting()[first + i]));
    }
    return held + kept.length;
  }

  private void multiply(FloatRows x, int rows, FloatRows y) {
    Matrix head = stack.head().weight();
    machinery.multiply(x, rows, new Matrix.Product(head, y.numbers(), y.start(), y.stride()));
  }

  /// Rows `kept` of the logits become the gradient of what is expected under the base.
  private void hold(
      int[] kept, float[] base, int held, float[] weights, double[] logProbabilities, int first) {
    RmsNorm norm = stack.outputNorm();
    FloatRows baseNormed = machinery.rows(kept.length, width);
    for (int k = 0; k < kept.length; k++) {
      machinery.gradients.normalize(
          base,
          (held + k) * width,
          norm.weight(),
          norm.epsilon(),
          baseNormed.numbers(),
          baseNormed.at(k));
    }
    multiply(baseNormed, kept.length, baseLogits);
    machinery.each(
        kept.length,
        1,
        (from, to, worker) -> {
          for (int k = from; k < to; k++) {
            logProbabilities[first + kept[k]] = hold(kept[k], k, weights[first + kept[k]]);
          }
        });
  }

  private double hold(int row, int baseRow, float weight) {
    float[] own = logits.numbers();
    int start = logits.at(row);
    float[] bases = baseLogits.numbers();
    int baseStart = baseLogits.at(baseRow);
    float baseSum = machinery.gradients.logSumExp(bases, baseStart, vocabulary, 1);
    machinery.gradients.exponentials(bases, baseStart, vocabulary, 1, baseSum, 1);
    float sum = machinery.gradients.logSumExp(own, start, vocabulary, 1);
    double expected = 0;
    for (int i = 0; i < vocabulary; i++) {
      expected += (double) bases[baseStart + i] * (own[start + i] - sum);
    }
    machinery.gradients.exponentials(own, start, vocabulary, 1, sum, weight);
    for (int i = 0; i < vocabulary; i++) {
      own[start + i] -= weight * bases[baseStart + i];
    }
    return expected;
  }

  /// The log-probability of `target` in row `row`, whose logits become their gradient.
  private double predict(int row, int target, boolean only, float weight) {
    float[] own = logits.numbers();
    int start = logits.at(row);
    float logit = own[start + target];
    if (only) {
      return (double) logit - machinery.gradients.logSumExp(own, start, vocabulary, 1);
    }
    float sum = machinery.gradients.softmax(own, start, vocabulary, 1, weight);
    own[start + target] -= weight;
    return (double) logit - sum;
  }
}
