package dev.freehold.training;

import dev.freehold.tensor.Gradients;
import dev.freehold.tensor.Kernels;
import dev.freehold.tensor.Workers;
import java.util.Arrays;

/// What passes compute with: threads, kernels and an array for each thread. Belongs to the thread
/// that trains.
final class Machinery implements AutoCloseable {

  /// Rows that a thread takes at once.
  static final int ROWS = 64;

  final Workers workers;
  final Kernels kernels = Kernels.create();
  final Gradients gradients = Gradients.create();
  private final float[][] scratch;

  Machinery(int threads) {
    workers = new Workers(threads);
    scratch = new float[threads][0];
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

  /// Fills the first `count` numbers with zeros, on all threads.
  void clear(float[] numbers, int count) {
    each(count, 1 << 16, (from, to, worker) -> Arrays.fill(numbers, from, to, 0));
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
