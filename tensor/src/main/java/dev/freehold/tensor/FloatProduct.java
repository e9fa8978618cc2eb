package dev.freehold.tensor;

/// Products of plain float matrices, added to what is there: `y += x · w`. What training computes
/// with beside the frozen weights: low-rank pairs, scores, gradients.
///
/// Each number of `y` is one chain of fused multiply-adds in the order of `inner`, whichever tile
/// it falls into, so that results are the same to the bit for all shapes and processors.
/// Thread-safe; a call works on one thread.
public final class FloatProduct {

  // A stretch of the rows of w that one tile's columns take stays in the nearest cache.
  private static final int STRETCH = 512;

  private static final int WIDE = 2 * Lanes.COUNT;

  private FloatProduct() {}

  /// Adds `x · w` to `y`.
  ///
  /// @param x `[rows, inner]`
  /// @param w `[inner, columns]`
  /// @param y `[rows, columns]`
  public static void add(FloatRows x, FloatRows w, FloatRows y, int rows, int inner, int columns) {
    if (!Lanes.USABLE) {
      addScalar(x, w, y, rows, inner, columns);
      return;
    }
    for (int k = 0; k < inner; k += STRETCH) {
      stretch(x.from(0, k), w.from(k, 0), y, rows, Math.min(STRETCH, inner - k), columns);
    }
  }

  private static void stretch(
      FloatRows x, FloatRows w, FloatRows y, int rows, int inner, int columns) {
    int column = 0;
    for (; column + WIDE <= columns; column += WIDE) {
      wide(x, w.from(0, column), y.from(0, column), rows, inner);
    }
    if (column + Lanes.COUNT <= columns) {
      narrow(x, w.from(0, column), y.from(0, column), rows, inner);
      column += Lanes.COUNT;
    }
    if (column < columns) {
      addScalar(x, w.from(0, column), y.from(0, column), rows, inner, columns - column);
    }
  }

  private static void wide(FloatRows x, FloatRows w, FloatRows y, int rows, int inner) {
    int row = 0;
    while (row < rows) {
      int height = rows - row >= 8 ? 8 : rows - row >= 4 ? 4 : 1;
      int input = x.start() + row * x.stride();
      int output = y.start() + row * y.stride();
      if (height == 1) {
        NarrowTile.one(x.numbers(), input, w, inner, y.numbers(), output);
      } else {
        RowTile.multiply(
            height,
            x.numbers(),
            input,
            x.stride(),
            w.numbers(),
            w.start(),
            w.stride(),
            Lanes.COUNT,
            inner,
            y.numbers(),
            output,
            y.stride());
      }
      row += height;
    }
  }

  private static void narrow(FloatRows x, FloatRows w, FloatRows y, int rows, int inner) {
    int row = 0;
    for (; row + NarrowTile.ROWS <= rows; row += NarrowTile.ROWS) {
      NarrowTile.several(x.from(row, 0), w, inner, y.from(row, 0));
    }
    if (row < rows) {
      addScalar(x.from(row, 0), w, y.from(row, 0), rows - row, inner, Lanes.COUNT);
    }
  }

  /// The same one number at a time.
  static void addScalar(FloatRows x, FloatRows w, FloatRows y, int rows, int inner, int columns) {
    for (int row = 0; row < rows; row++) {
      int output = y.start() + row * y.stride();
      for (int k = 0; k < inner; k++) {
        float input = x.numbers()[x.start() + row * x.stride() + k];
        int weight = w.start() + k * w.stride();
        for (int column = 0; column < columns; column++) {
          y.numbers()[output + column] =
              Math.fma(w.numbers()[weight + column], input, y.numbers()[output + column]);
        }
      }
    }
  }
}
