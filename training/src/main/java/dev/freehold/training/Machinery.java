package dev.freehold.training;

import dev.freehold.tensor.Bf16Attention;
import dev.freehold.tensor.Bf16Products;
import dev.freehold.tensor.FloatRows;
import dev.freehold.tensor.Gradients;
import dev.freehold.tensor.Kernels;
import dev.freehold.tensor.Matrix;
import dev.freehold.tensor.Workers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What passes compute with: threads, kernels and an array for each thread. Belongs to the thread
/// that trains.
final class Machinery implements AutoCloseable {

  /// Rows that a thread takes at once.
  static final int ROWS = 64;

  final Workers workers;
  final Kernels kernels = Kernels.create();
  final Gradients gradients = Gradients.create();
  private final float[][] scratch;
  final @Nullable Bf16Products brief;
  private final @Nullable Bf16Attention[] attention;

  /// @param precision of matrix products
  Machinery(int threads, Precision precision) {
    workers = new Workers(threads);
    brief =
        switch (precision) {
          case EXACT -> null;
          case BF16 -> new Bf16Products(workers);
        };
    scratch = new float[threads][0];
    attention = new Bf16Attention[threads];
  }

  /// Computes products of the same inputs with frozen matrices.
  ///
  /// @param x `[rows, columns]`, of [#rows] or from the beginning of an array on
  void multiply(FloatRows x, int rows, Matrix.Product... products) {
    if (brief == null) {
      Matrix.multiply(workers, plain(x), rows, products);
    } else {
      brief.multiply(x, rows, products);
    }
  }

  /// Adds to `dx`, `[rows, columns]`, what the gradient `dy` of a frozen matrix's outputs means for
  /// its inputs.
  void addTransposed(Matrix matrix, FloatRows dy, int rows, FloatRows dx) {
    if (brief == null) {
      Matrix.addTransposed(workers, matrix, dy, rows, dx);
    } else {
      brief.addTransposed(matrix, dy, rows, dx);
    }
  }

  /// What thread `worker` computes attention's products with, or null in single precision.
  @Nullable Bf16Attention attention(int worker, int headSize, int valueSize) {
    if (brief == null) {
      return null;
    }
    Bf16Attention known = attention[worker];
    if (known == null || !known.isFor(headSize, valueSize)) {
      known = new Bf16Attention(headSize, valueSize);
      attention[worker] = known;
    }
    return known;
  }

  /// What is done to some rows.
  interface RowTask {
    /// Does it to rows `from` to `to − 1`; `worker` says whose scratch to use.
    void run(int from, int to, int worker);
  }

  /// Cuts `rows` rows into stretches of [#ROWS] and does `task` to each, on all threads.
  void eachRows(int rows, RowTask task) {
    workers.run(
        Math.ceilDiv(rows, ROWS),
        (part, worker) -> task.run(part * ROWS, Math.min(rows, (part + 1) * ROWS), worker));
  }

  /// Does `task` to stretches of `atOnce` of `count` things, on all threads.
  void each(int count, int atOnce, RowTask task) {
    workers.run(
        Math.ceilDiv(count, atOnce),
        (part, worker) -> task.run(part * atOnce, Math.min(count, (part + 1) * atOnce), worker));
  }

  /// New rows of zeros that follow each other, as products take them.
  FloatRows rows(int rows, int width) {
    return brief == null
        ? FloatRows.of(Arena.array(rows, width), width)
        : FloatRows.inLine(rows, width);
  }

  // Products in single precision take their inputs from the beginning of an array on.
  private static float[] plain(FloatRows x) {
    if (x.start() != 0) {
      throw new IllegalArgumentException("inputs begin at " + x.start());
    }
    return x.numbers();
  }

  /// Fills the first rows, which follow each other, with zeros, on all threads.
  void clear(FloatRows x, int rows) {
    int begin = x.start();
    each(
        rows * x.stride(),
        1 << 16,
        (from, to, worker) -> Arrays.fill(x.numbers(), begin + from, begin + to, 0));
  }

  /// At least `size` numbers for thread `worker` alone; what they hold is left over.
  float[] scratch(int worker, int size) {
    if (scratch[worker].length < size) {
      scratch[worker] = new float[size];
    }
    return scratch[worker];
  }

  @Override
  public void close() {
    workers.close();
  }
}
