package dev.freehold.tensor;

/// Fits a block of 32 weights, `d·q` or `d·q + m`, where it is known how much each of them matters:
/// weighted least squares over candidate scales, each judged as it is stored, in half precision.
final class BlockFit {

  private static final int SIZE = 32;
  private static final int STEPS = 16;

  private final float[] x = new float[SIZE];
  private final float[] weight = new float[SIZE];
  private final int[] quants = new int[SIZE];
  private double best = Double.MAX_VALUE;
  private short scale;
  private short minimum;

  /// @param source weights, the block's from `from`
  /// @param importance how much an error in each weight matters, the block's from `first`
  BlockFit(float[] source, int from, float[] importance, int first) {
    double squares = 0;
    for (int j = 0; j < SIZE; j++) {
      x[j] = source[from + j];
      squares += x[j] * x[j];
    }
    for (int j = 0; j < SIZE; j++) {
      weight[j] = (float) (importance[first + j] * Math.sqrt(squares / SIZE + x[j] * x[j]));
    }
  }

  /// Fits `d·q` with `q` from `−half` to `half − 1`.
  BlockFit symmetric(int half) {
    float extreme = 0;
    for (float number : x) {
      extreme = Math.abs(number) > Math.abs(extreme) ? number : extreme;
    }
    consider(extreme / -half, 0, -half, half - 1);
    for (int step = -STEPS; step <= STEPS && extreme != 0; step++) {
      float inverse = -(half + 0.1f * step) / extreme;
      double xq = 0;
      double q2 = 0;
      for (int j = 0; j < SIZE; j++) {
        int q = Math.clamp(Math.round(inverse * x[j]), -half, half - 1);
        xq += weight[j] * x[j] * q;
        q2 += weight[j] * q * q;
      }
      if (q2 > 0) {
        consider((float) (xq / q2), 0, -half, half - 1);
      }
    }
    return this;
  }

  /// Fits `d·q + m` with `q` from 0 to `levels`.
  BlockFit withMinimum(int levels) {
    float least = x[0];
    float most = x[0];
    for (float number : x) {
      least = Math.min(least, number);
      most = Math.max(most, number);
    }
    consider((most - least) / levels, least, 0, levels);
    for (int step = -STEPS; step <= STEPS && most > least; step++) {
      float inverse = (levels + 0.1f * step) / (most - least);
      LineFit line = LineFit.of(x, weight, inverse, least, levels);
      if (line.exists()) {
        consider((float) line.scale(), (float) line.offset(), 0, levels);
      }
    }
    return this;
  }

  private void consider(float d, float m, int lowest, int highest) {
    short storedScale = Float.floatToFloat16(d);
    short storedMinimum = Float.floatToFloat16(m);
    float s = Float.float16ToFloat(storedScale);
    float least = Float.float16ToFloat(storedMinimum);
    int[] found = new int[SIZE];
    double error = 0;
    for (int j = 0; j < SIZE; j++) {
      found[j] = s == 0 ? 0 : Math.clamp(Math.round((x[j] - least) / s), lowest, highest);
      double apart = s * found[j] + least - x[j];
      error += weight[j] * apart * apart;
    }
    if (error < best) {
      best = error;
      scale = storedScale;
      minimum = storedMinimum;
      System.arraycopy(found, 0, quants, 0, SIZE);
    }
  }

  /// The scale, in half precision.
  short scale() {
    return scale;
  }

  /// What is added, in half precision.
  short minimum() {
    return minimum;
  }

  /// The number of weight `j`.
  int quant(int j) {
    return quants[j];
  }
}
