package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.broadcast;
import static dev.freehold.tensor.Lanes.load;
import static dev.freehold.tensor.Lanes.zero;

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
      FloatVector even = zero();
      FloatVector odd = zero();
      int k = 0;
      for (; k + 1 < columns; k += 2, at += 2 * ROWS) {
        even = load(weights, at).fma(broadcast(x[k]), even);
        odd = load(weights, at + ROWS).fma(broadcast(x[k + 1]), odd);
      }
      if (k < columns) {
        even = load(weights, at).fma(broadcast(x[k]), even);
      }
      even.add(odd).intoArray(y, start + half);
    }
  }
}
