package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Single precision, sixteen rows interleaved.
final class FloatPanels extends Panels {

  private final float[] weights; // [panels, columns, ROWS]

  FloatPanels(int panels, int columns) {
    super(columns);
    weights = new float[Math.multiplyExact(Math.multiplyExact(panels, columns), ROWS)];
  }

  @Override
  void pack(int panel, byte[] source, int rows) {
    float[] row = new float[columns];
    MemorySegment segment = MemorySegment.ofArray(source);
    for (int lane = 0; lane < rows; lane++) {
      long offset = (long) lane * columns * Float.BYTES;
      Dequantizer.dequantize(TensorType.F32, segment, offset, row, 0, columns);
      for (int k = 0; k < columns; k++) {
        weights[(panel * columns + k) * ROWS + lane] = row[k];
      }
    }
  }

  @Override
  long bytes() {
    return (long) weights.length * Float.BYTES;
  }

  @Override
  void scales(int panel, float[] scale, float[] offset) {}

  @Override
  void dequantize(
      int panel, int from, int to, float[] scale, float[] offset, float[] w, int start) {
    int count = (to - from) * ROWS;
    System.arraycopy(weights, (panel * columns + from) * ROWS, w, start, count);
  }

  @Override
  void dequantizeScalar(
      int panel, int from, int to, float[] scale, float[] offset, float[] w, int start) {
    dequantize(panel, from, to, scale, offset, w, start);
  }

  @Override
  void dot(
      int panel, float[] x, float[] sums, float[] scale, float[] offset, float[] y, int start) {
    for (int half = 0; half < ROWS; half += Lanes.COUNT) {
      int at = panel * columns * ROWS + half;
      FloatVector even = FloatVector.zero(FLOATS);
      FloatVector odd = FloatVector.zero(FLOATS);
      int k = 0;
      for (; k + 1 < columns; k += 2, at += 2 * ROWS) {
        even =
            FloatVector.fromArray(FLOATS, weights, at)
                .fma(FloatVector.broadcast(FLOATS, x[k]), even);
        odd =
            FloatVector.fromArray(FLOATS, weights, at + ROWS)
                .fma(FloatVector.broadcast(FLOATS, x[k + 1]), odd);
      }
      if (k < columns) {
        even =
            FloatVector.fromArray(FLOATS, weights, at)
                .fma(FloatVector.broadcast(FLOATS, x[k]), even);
      }
      even.add(odd).intoArray(y, start + half);
    }
  }
}
