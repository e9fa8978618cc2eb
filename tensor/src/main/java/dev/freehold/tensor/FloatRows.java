package dev.freehold.tensor;

/// Rows of floats inside an array: row `i` begins at `start + i · stride`.
///
/// @param numbers the array, not copied
/// @param start where the first row begins
/// @param stride numbers from one row's begin to the next's
public record FloatRows(float[] numbers, int start, int stride) {

  private static final int IN_LINE = 12;

  /// Rows that follow each other from the beginning of `numbers`.
  public static FloatRows of(float[] numbers, int width) {
    return new FloatRows(numbers, 0, width);
  }

  /// New rows of zeros that follow each other. In an array that has regions of the heap to itself,
  /// as large ones have, the first begins with a line of the cache: the array begins with one, and
  /// its numbers 16 bytes behind it. Vectors that lie across two lines are loaded and stored at
  /// half the speed.
  public static FloatRows inLine(int rows, int width) {
    return new FloatRows(
        new float[Math.addExact(IN_LINE, Math.multiplyExact(rows, width))], IN_LINE, width);
  }

  /// Where row `row` begins.
  public int at(int row) {
    return start + row * stride;
  }

  /// The same from row `row`, number `column` on.
  public FloatRows from(int row, int column) {
    return new FloatRows(numbers, start + row * stride + column, stride);
  }
}
