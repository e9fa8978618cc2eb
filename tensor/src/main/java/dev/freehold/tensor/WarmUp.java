package dev.freehold.tensor;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Calls each kernel often enough, on as little work as possible, for the compiler to take it up.
/// Until then a vector operation is a method call that allocates, and a first prompt would take
/// seconds; so this runs beside the loading of a model.
public final class WarmUp {

  // Past the compiler's thresholds: 600 calls with loops, 5000 without.
  private static final int CALLS = 6_000;
  private static final int HEAD_SIZE = 32;
  private static final int TOKENS = 8;

  private WarmUp() {}

  /// What the process has compiled already or is about to: many models are opened in one process,
  /// and most of them have the same types.
  private static final Set<TensorType> BEGUN = ConcurrentHashMap.newKeySet();

  private static final AtomicBoolean KERNELS_BEGUN = new AtomicBoolean();

  /// Warms up the kernels for matrices of `types`, on the calling thread, each once in the life of
  /// the process; ends early when that is interrupted.
  public static void run(Set<TensorType> types) {
    if (!Lanes.USABLE) {
      return;
    }
    List<TensorType> cold = types.stream().filter(BEGUN::add).toList();
    try (Workers workers = new Workers(1)) {
      for (TensorType type : cold) {
        int columns = Math.max(Panels.BLOCK, type.blockSize());
        MemorySegment zeros = MemorySegment.ofArray(new byte[(int) type.bytes(32L * columns)]);
        Matrix matrix = Matrix.of(type, 32, columns, zeros, workers);
        float[] x = new float[TOKENS * columns];
        Matrix.Product product = new Matrix.Product(matrix, new float[TOKENS * 32], 0, 32);
        for (int i = 0; i < CALLS * Panels.BLOCK / columns && !Thread.interrupted(); i++) {
          Matrix.multiply(workers, x, i % 2 == 0 ? 1 : TOKENS, product);
        }
      }
    }
    if (KERNELS_BEGUN.compareAndSet(false, true)) {
      kernels();
    }
  }

  private static void kernels() {
    Kernels kernels = Kernels.create();
    float[] x = new float[HEAD_SIZE * TOKENS];
    float[] y = new float[x.length];
    float[] weight = new float[HEAD_SIZE];
    float[][] cache = {new float[AttentionWork.BLOCK * HEAD_SIZE]};
    AttentionWork work =
        new AttentionWork(
            x,
            0,
            y,
            0,
            cache,
            cache,
            0,
            TOKENS,
            1,
            1,
            HEAD_SIZE,
            HEAD_SIZE,
            AttentionWork.Scoring.causal(1));
    float[] scratch = new float[work.scratch()];
    for (int i = 0; i < CALLS && !Thread.interrupted(); i++) {
      kernels.rmsNorm(x, 0, weight, 1, y, 0);
      kernels.gate(Kernels.Activation.SILU, y, x, 0, HEAD_SIZE);
      for (Kernels.RotaryStyle style : Kernels.RotaryStyle.values()) {
        kernels.rotate(x, 0, 1, HEAD_SIZE, style, weight, weight, 0, 16);
      }
      kernels.attend(work, 0, 0, i % 2 == 0 ? 1 : TOKENS, scratch);
    }
  }
}
