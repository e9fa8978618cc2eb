package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.FLOATS;
import static dev.freehold.tensor.Lanes.signed;

import jdk.incubator.vector.FloatVector;

/// Q8_0, sixteen rows interleaved: a byte for each weight, a half-precision scale for each block.
final class BytePanels extends Panels {

  private final byte[] quants; // [panels, columns, ROWS]
  private final short[] scales; // [panels, blocks, ROWS]

  BytePanels(int panels, int columns) {
    super(columns);
    quants = new byte[Math.multiplyExact(Math.multiplyExact(panels, columns), ROWS)];
    scales = new short[panels * (columns / BLOCK) * ROWS];
  }

  @Override
  void pack(int panel, byte[] source, int rows) {
    int blocks = columns / BLOCK;
    for (int lane = 0; lane < rows; lane++) {
      int at = lane * blocks * TensorType.Q8_0.blockBytes();
      int target = panel * columns * ROWS + lane;
      for (int b = 0; b < blocks; b++, at += TensorType.Q8_0.blockBytes()) {
        scales[(panel * blocks + b) * ROWS + lane] = Blocks.shortAt(source, at);
        for (int j = 0; j < BLOCK; j++, target += ROWS) {
          quants[target] = source[at + 2 + j];
        }
      }
    }
  }

  @Override
  long bytes() {
    return quants.length + (long) scales.length * Short.BYTES;
  }

  @Override
  void scales(int panel, float[] scale, float[] offset) {
    int count = columns / BLOCK * ROWS;
    Blocks.halves(scales, panel * count, scale, count);
  }

  @Override
  void dequantize(
      int panel, int from, int to, float[] scale, float[] offset, float[] w, int start) {
    for (int half = 0; half < ROWS; half += Lanes.COUNT) {
      int at = (panel * columns + from) * ROWS + half;
      int target = start + half;
      for (int b = from / BLOCK; b < to / BLOCK; b++) {
        FloatVector d = FloatVector.fromArray(FLOATS, scale, b * ROWS + half);
        for (int j = 0; j < BLOCK; j++, at += ROWS, target += ROWS) {
          signed(quants, at).mul(d).intoArray(w, target);
        }
      }
    }
  }

  @Override
  void dequantizeScalar(
      int panel, int from, int to, float[] scale, float[] offset, float[] w, int start) {
    for (int k = from; k < to; k++) {
      int at = (panel * columns + k) * ROWS;
      int target = start + (k - from) * ROWS;
      for (int lane = 0; lane < ROWS; lane++) {
        w[target + lane] = scale[k / BLOCK * ROWS + lane] * quants[at + lane];
      }
    }
  }

  @Override
  void dot(
      int panel, float[] x, float[] sums, float[] scale, float[] offset, float[] y, int start) {
    for (int half = 0; half < ROWS; half += Lanes.COUNT) {
      int at = panel * columns * ROWS + half;
      FloatVector total = FloatVector.zero(FLOATS);
      int k = 0;
      for (int b = 0; b < columns / BLOCK; b++) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        for (int j = 0; j < BLOCK; j += 4, k += 4, at += 4 * ROWS) {
          s0 = signed(quants, at).fma(FloatVector.broadcast(FLOATS, x[k]), s0);
          s1 = signed(quants, at + ROWS).fma(FloatVector.broadcast(FLOATS, x[k + 1]), s1);
          s2 = signed(quants, at + 2 * ROWS).fma(FloatVector.broadcast(FLOATS, x[k + 2]), s2);
          s3 = signed(quants, at + 3 * ROWS).fma(FloatVector.broadcast(FLOATS, x[k + 3]), s3);
        }
        total =
            s0.add(s1)
                .add(s2.add(s3))
                .fma(FloatVector.fromArray(FLOATS, scale, b * ROWS + half), total);
      }
      total.intoArray(y, start + half);
    }
  }
}
