package dev.freehold.tensor;

import org.jspecify.annotations.Nullable;

/// Fits Q4_K and Q5_K: 256 weights as `d·s·q − m·t` with a 6-bit `s` and `t` for each 32.
///
/// For each 32 weights some twenty grids between slightly too narrow and slightly too wide are
/// tried; each gives whole numbers, these give scale and minimum by weighted least squares, and the
/// best of all is kept. Once the scales are rounded to 6 bits, the neighbours of each are tried
/// too: what was lost by rounding one is partly won back by the other. Where no importance is
/// known, large weights matter more than small ones: by their magnitude and the block's mean one.
final class KFit {

  private static final int SIZE = 32;
  private static final int SUBS = 8;
  private static final int LARGEST = 63;

  private final int levels;
  private final float[] x = new float[SIZE];
  private final float[] weight = new float[SIZE];
  private final float[] scales = new float[SUBS];
  private final float[] minima = new float[SUBS];
  private final int[] innerScales = new int[SUBS];
  private final int[] innerMinima = new int[SUBS];

  private KFit(int levels) {
    this.levels = levels;
  }

  /// Writes the block of the 256 weights of `source` from `from` to `target` at byte `at`.
  static void write(
      TensorType type,
      float[] source,
      int from,
      float @Nullable [] importance,
      byte[] target,
      int at) {
    new KFit(type == TensorType.Q4_K ? 15 : 31).fit(source, from, importance, target, at);
  }

  private void fit(float[] source, int from, float @Nullable [] importance, byte[] target, int at) {
    float mostScale = 0;
    float mostMinimum = 0;
    for (int sub = 0; sub < SUBS; sub++) {
      load(source, from, sub, importance);
      grid(sub);
      mostScale = Math.max(mostScale, scales[sub]);
      mostMinimum = Math.max(mostMinimum, minima[sub]);
    }
    short outerScale = Float.floatToFloat16(mostScale / LARGEST);
    short outerMinimum = Float.floatToFloat16(mostMinimum / LARGEST);
    float d = Float.float16ToFloat(outerScale);
    float m = Float.float16ToFloat(outerMinimum);
    Blocks.putShort(target, at, outerScale);
    Blocks.putShort(target, at + 2, outerMinimum);
    boolean four = levels == 15;
    for (int i = at + 16; i < at + (four ? 144 : 176); i++) {
      target[i] = 0;
    }
    for (int sub = 0; sub < SUBS; sub++) {
      load(source, from, sub, importance);
      neighbours(sub, d, m);
      for (int j = 0; j < SIZE; j++) {
        int q = quant(x[j], d * innerScales[sub], m * innerMinima[sub]);
        target[at + (four ? 16 : 48) + sub / 2 * SIZE + j] |= (byte) ((q & 15) << (sub % 2 * 4));
        if (!four) {
          target[at + 16 + j] |= (byte) ((q >>> 4) << sub);
        }
      }
    }
    scales(target, at + 4);
  }

  private void load(float[] source, int from, int sub, float @Nullable [] importance) {
    double squares = 0;
    for (int j = 0; j < SUBS * SIZE; j++) {
      squares += source[from + j] * source[from + j];
    }
    double mean = squares / (SUBS * SIZE);
    double own = 0;
    for (int j = 0; j < SIZE; j++) {
      x[j] = source[from + sub * SIZE + j];
      own += x[j] * x[j];
    }
    float typical = (float) Math.sqrt(own / SIZE);
    for (int j = 0; j < SIZE; j++) {
      weight[j] =
          importance == null
              ? typical + Math.abs(x[j])
              : (float) (importance[sub * SIZE + j] * Math.sqrt(2 * mean + x[j] * x[j]));
    }
  }

  private void grid(int sub) {
    float least = 0;
    float most = x[0];
    for (float number : x) {
      least = Math.min(least, number);
      most = Math.max(most, number);
    }
    scales[sub] = 0;
    minima[sub] = -least;
    if (most <= least) {
      return;
    }
    double best = Double.MAX_VALUE;
    for (int step = -12; step <= 12; step++) {
      float inverse = (levels + 0.1f * step) / (most - least);
      LineFit line = LineFit.of(x, weight, inverse, least, levels);
      if (!line.exists()) {
        continue;
      }
      double scale = line.scale();
      double minimum = -line.offset();
      if (minimum < 0) {
        minimum = 0;
        scale = line.throughOrigin();
      }
      double error = scale > 0 ? error((float) scale, (float) minimum) : Double.MAX_VALUE;
      if (error < best) {
        best = error;
        scales[sub] = (float) scale;
        minima[sub] = (float) minimum;
      }
    }
  }

  private int quant(float number, float scale, float minimum) {
    return scale == 0 ? 0 : Math.clamp(Math.round((number + minimum) / scale), 0, levels);
  }

  private double error(float scale, float minimum) {
    double error = 0;
    for (int j = 0; j < SIZE; j++) {
      double apart = scale * quant(x[j], scale, minimum) - minimum - x[j];
      error += weight[j] * apart * apart;
    }
    return error;
  }

  private void neighbours(int sub, float d, float m) {
    int s = d == 0 ? 0 : Math.clamp(Math.round(scales[sub] / d), 0, LARGEST);
    int t = m == 0 ? 0 : Math.clamp(Math.round(minima[sub] / m), 0, LARGEST);
    double best = Double.MAX_VALUE;
    for (int i = Math.max(0, s - 1); i <= Math.min(LARGEST, s + 1); i++) {
      for (int j = Math.max(0, t - 1); j <= Math.min(LARGEST, t + 1); j++) {
        double error = error(d * i, m * j);
        if (error < best) {
          best = error;
          innerScales[sub] = i;
          innerMinima[sub] = j;
        }
      }
    }
  }

  /// Twelve bytes: the first four sub-blocks' six bits, and the last four's spread over the rest.
  private void scales(byte[] target, int at) {
    for (int i = 0; i < 4; i++) {
      target[at + i] = (byte) (innerScales[i] | ((innerScales[i + 4] >>> 4) << 6));
      target[at + 4 + i] = (byte) (innerMinima[i] | ((innerMinima[i + 4] >>> 4) << 6));
      target[at + 8 + i] = (byte) ((innerScales[i + 4] & 15) | ((innerMinima[i + 4] & 15) << 4));
    }
  }
}
