package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/// Half precision (F16) or the upper half of single precision (BF16), sixteen rows interleaved.
final class ShortPanels extends Panels {

  private final short[] weights; // [panels, columns, ROWS]
  private final boolean brain;

  ShortPanels(TensorType type, int panels, int columns) {
    super(columns);
    brain = type == TensorType.BF16;
    weights = new short[Math.multiplyExact(Math.multiplyExact(panels, columns), ROWS)];
  }

  @Override
  void pack(int panel, byte[] source, int rows) {
    for (int lane = 0; lane < rows; lane++) {
      int at = lane * columns * Short.BYTES;
      int target = panel * columns * ROWS + lane;
      for (int k = 0; k < columns; k++, at += 2, target += ROWS) {
        weights[target] = Blocks.shortAt(source, at);
      }
    }
  }

  @Override
  long bytes() {
    return (long) weights.length * Short.BYTES;
  }

  @Override
  void scales(int panel, float[] scale, float[] offset) {}

  @Override
  void dequantize(
      int panel, int from, int to, float[] scale, float[] offset, float[] w, int start) {
    int at = (panel * columns + from) * ROWS;
    int count = (to - from) * ROWS;
    if (brain) {
      for (int i = 0; i < count; i += Lanes.COUNT) {
        Lanes.brain(weights, at + i).intoArray(w, start + i);
      }
    } else {
      for (int i = 0; i < count; i += Lanes.COUNT) {
        Lanes.half(weights, at + i).intoArray(w, start + i);
      }
    }
  }

  @Override
  void dequantizeScalar(
      int panel, int from, int to, float[] scale, float[] offset, float[] w, int start) {
    int at = (panel * columns + from) * ROWS;
    int count = (to - from) * ROWS;
    if (brain) {
      for (int i = 0; i < count; i++) {
        w[start + i] = Float.intBitsToFloat(weights[at + i] << 16);
      }
    } else {
      for (int i = 0; i < count; i++) {
        w[start + i] = Float.float16ToFloat(weights[at + i]);
      }
    }
  }

  @Override
  void dot(
      int panel, float[] x, float[] sums, float[] scale, float[] offset, float[] y, int start) {
    for (int half = 0; half < ROWS; half += Lanes.COUNT) {
      int at = panel * columns * ROWS + half;
      FloatVector sum = brain ? dotBrain(at, x) : dotHalf(at, x);
      sum.intoArray(y, start + half);
    }
  }

  private FloatVector dotBrain(int start, float[] x) {
    FloatVector even = FloatVector.zero(FLOATS);
    FloatVector odd = FloatVector.zero(FLOATS);
    int at = start;
    int k = 0;
    for (; k + 1 < columns; k += 2, at += 2 * ROWS) {
      even = Lanes.brain(weights, at).fma(FloatVector.broadcast(FLOATS, x[k]), even);
      odd = Lanes.brain(weights, at + ROWS).fma(FloatVector.broadcast(FLOATS, x[k + 1]), odd);
    }
    return k < columns
        ? Lanes.brain(weights, at).fma(FloatVector.broadcast(FLOATS, x[k]), even).add(odd)
        : even.add(odd);
  }

  private FloatVector dotHalf(int start, float[] x) {
    FloatVector even = FloatVector.zero(FLOATS);
    FloatVector odd = FloatVector.zero(FLOATS);
    int at = start;
    int k = 0;
    for (; k + 1 < columns; k += 2, at += 2 * ROWS) {
      even = Lanes.half(weights, at).fma(FloatVector.broadcast(FLOATS, x[k]), even);
      odd = Lanes.half(weights, at + ROWS).fma(FloatVector.broadcast(FLOATS, x[k + 1]), odd);
    }
    return k < columns
        ? Lanes.half(weights, at).fma(FloatVector.broadcast(FLOATS, x[k]), even).add(odd)
        : even.add(odd);
  }
}
