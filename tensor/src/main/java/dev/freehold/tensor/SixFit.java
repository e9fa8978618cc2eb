package dev.freehold.tensor;

import org.jspecify.annotations.Nullable;

/// Fits Q6_K: 256 weights as `d·s·q` with `q` from −32 to 31 and a signed 8-bit `s` for each 16.
/// Works as [KFit] does, without minima; where no importance is known, the square of a weight
/// stands for it.
final class SixFit {

  private static final int SIZE = 16;
  private static final int SUBS = 16;

  private final float[] x = new float[SIZE];
  private final float[] weight = new float[SIZE];
  private final float[] scales = new float[SUBS];

  private SixFit() {}

  /// Writes the block of the 256 weights of `source` from `from` to `target` at byte `at`.
  static void write(
      float[] source, int from, float @Nullable [] importance, byte[] target, int at) {
    new SixFit().fit(source, from, importance, target, at);
  }

  private void fit(float[] source, int from, float @Nullable [] importance, byte[] target, int at) {
    float extreme = 0;
    for (int sub = 0; sub < SUBS; sub++) {
      load(source, from, sub, importance);
      scales[sub] = grid();
      if (Math.abs(scales[sub]) > Math.abs(extreme)) {
        extreme = scales[sub];
      }
    }
    short outer = Float.floatToFloat16(extreme / -128);
    float d = Float.float16ToFloat(outer);
    for (int i = at; i < at + TensorType.Q6_K.blockBytes(); i++) {
      target[i] = 0;
    }
    Blocks.putShort(target, at + 208, outer);
    for (int sub = 0; sub < SUBS; sub++) {
      load(source, from, sub, importance);
      int inner = neighbour(scales[sub], d);
      target[at + 192 + sub] = (byte) inner;
      for (int j = 0; j < SIZE; j++) {
        put(target, at, sub * SIZE + j, quant(x[j], d * inner) + 32);
      }
    }
  }

  private void load(float[] source, int from, int sub, float @Nullable [] importance) {
    for (int j = 0; j < SIZE; j++) {
      x[j] = source[from + sub * SIZE + j];
      weight[j] = importance == null ? x[j] * x[j] : importance[sub * SIZE + j];
    }
  }

  /// The scale, of either sign, that fits best.
  private float grid() {
    float extreme = 0;
    for (float number : x) {
      extreme = Math.abs(number) > Math.abs(extreme) ? number : extreme;
    }
    if (extreme == 0) {
      return 0;
    }
    float found = extreme / -32;
    double best = error(found);
    for (int step = -16; step <= 16; step++) {
      float inverse = -(32 + 0.1f * step) / extreme;
      double xq = 0;
      double q2 = 0;
      for (int j = 0; j < SIZE; j++) {
        int q = Math.clamp(Math.round(inverse * x[j]), -32, 31);
        xq += weight[j] * x[j] * q;
        q2 += weight[j] * q * q;
      }
      float scale = q2 > 0 ? (float) (xq / q2) : found;
      double error = error(scale);
      if (error < best) {
        best = error;
        found = scale;
      }
    }
    return found;
  }

  private static int quant(float number, float scale) {
    return scale == 0 ? 0 : Math.clamp(Math.round(number / scale), -32, 31);
  }

  private double error(float scale) {
    double error = 0;
    for (int j = 0; j < SIZE; j++) {
      double apart = scale * quant(x[j], scale) - x[j];
      error += weight[j] * apart * apart;
    }
    return error;
  }

  private int neighbour(float scale, float d) {
    int middle = d == 0 ? 0 : Math.clamp(Math.round(scale / d), -128, 127);
    int found = middle;
    double best = Double.MAX_VALUE;
    for (int inner = Math.max(-128, middle - 1); inner <= Math.min(127, middle + 1); inner++) {
      double error = error(d * inner);
      if (error < best) {
        best = error;
        found = inner;
      }
    }
    return found;
  }

  /// Writes weight `j` of a block as its unsigned 6-bit number; see [Dequantizer#q6].
  private static void put(byte[] target, int at, int j, int q) {
    int half = j / 128;
    int quarter = j % 128 / 32;
    int low = at + half * 64 + quarter % 2 * 32 + j % 32;
    target[low] |= (byte) ((q & 15) << (quarter / 2 * 4));
    target[at + 128 + half * 32 + j % 32] |= (byte) ((q >>> 4) << (quarter * 2));
  }
}
