package dev.freehold.tensor;

/// Rows of floats inside an array: row `i` begins at `start + i · stride`.
///
/// @param numbers the array, not copied
/// @param start where the first row begins
/// @param stride numbers from one row's begin to the next's
public record FloatRows(float[] numbers, int start, int stride) {

  /// Rows that follow each other from the beginning of `numbers`.
  public static FloatRows of(float[] numbers, int width) {
    return new FloatRows(numbers, 0, width);
  }

  /// The same from row `row`, number `column` on.
  public FloatRows from(int row, int column) {
    return new FloatRows(numbers, start + row * stride + column, stride);
  }
}
