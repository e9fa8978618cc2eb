package dev.freehold.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// One number at a time: the oracle of [MachineBf16Kernels].
final class ScalarBf16Kernels implements Bf16Kernels {

  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

  /// The upper half of `number`, rounded.
  static short round(float number) {
    int bits = Float.floatToRawIntBits(number);
    if (Float.isNaN(number)) {
      return (short) ((bits >> 16) | 0x40);
    }
    if ((bits & 0x7f800000) == 0) {
      return (short) ((bits >> 16) & 0x8000);
    }
    return (short) ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
  }

  private static float number(MemorySegment segment, long at) {
    return Float.intBitsToFloat(segment.get(SHORT, at) << 16);
  }

  @Override
  public void round(FloatRows x, int rows, int columns, MemorySegment y, long at, long strideY) {
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < Math.ceilDiv(columns, BLOCK) * BLOCK; k++) {
        float number = k < columns ? x.numbers()[x.start() + row * x.stride() + k] : 0;
        y.set(SHORT, at + row * strideY + k * 2L, round(number));
      }
    }
  }

  private static short round(FloatRows w, int row, int column) {
    return round(w.numbers()[w.start() + row * w.stride() + column]);
  }

  @Override
  public void pairRows(
      FloatRows w, int pairs, int panels, MemorySegment target, long at, long apart) {
    for (int row = 0; row < 2 * pairs; row++) {
      for (int column = 0; column < panels * Panels.ROWS; column++) {
        long pair = at + column / Panels.ROWS * apart + row / 2 * (long) PAIR;
        target.set(SHORT, pair + column % Panels.ROWS * 4L + row % 2 * 2L, round(w, row, column));
      }
    }
  }

  @Override
  public void pairColumns(FloatRows w, int panels, MemorySegment target, long at, long apart) {
    for (int row = 0; row < panels * Panels.ROWS; row++) {
      for (int column = 0; column < Panels.ROWS; column++) {
        long pair = at + row / Panels.ROWS * apart + column / 2 * (long) PAIR;
        long place = pair + row % Panels.ROWS * 4L + column % 2 * 2L;
        target.set(SHORT, place, round(w, row, column));
      }
    }
  }

  @Override
  public void turn(FloatRows w, int columns, MemorySegment y, long at, long strideY) {
    for (int row = 0; row < BLOCK; row++) {
      for (int column = 0; column < columns; column++) {
        y.set(SHORT, at + column * strideY + row * 2L, round(w, row, column));
      }
    }
  }

  @Override
  public void multiply(
      Rows a, Rows b, FloatRows c, int pairs, int tiles, int panels, boolean adds) {
    for (int row = 0; row < tiles * ROWS; row++) {
      for (int column = 0; column < panels * Panels.ROWS; column++) {
        int target = c.start() + row * c.stride() + column;
        long input = a.at() + row * a.stride();
        long weight = b.at() + column / Panels.ROWS * b.stride() + column % Panels.ROWS * 4L;
        float sum = adds ? c.numbers()[target] : 0;
        for (int pair = 0; pair < pairs; pair++, input += 4, weight += PAIR) {
          sum = Math.fma(number(a.segment(), input), number(b.segment(), weight), sum);
          sum = Math.fma(number(a.segment(), input + 2), number(b.segment(), weight + 2), sum);
        }
        c.numbers()[target] = sum;
      }
    }
  }
}
