package dev.freehold.tensor;

import java.lang.foreign.MemorySegment;

/// What products of bf16 numbers are made of. Numbers are rounded to nearest, ties to even; what is
/// too small for a normal number becomes 0, as the processor's instructions have it. Sums are
/// single precision. Stateless and thread-safe; places and distances in segments are bytes.
///
/// A *panel* is `[pairs, 16, 2]`: for each two numbers along the reduction those of sixteen
/// columns.
sealed interface Bf16Kernels permits ScalarBf16Kernels, MachineBf16Kernels {

  /// Rows that one tile takes.
  int ROWS = 32;

  /// Most panels that one tile takes.
  int PANELS = 3;

  /// Most columns that one tile takes.
  int COLUMNS = PANELS * Panels.ROWS;

  /// What numbers of pairs along a reduction are filled up to multiples of.
  int PAIRS = 16;

  /// Numbers that rows are filled up to whole multiples of.
  int BLOCK = 32;

  /// Bytes of a pair in a panel.
  int PAIR = 2 * Panels.ROWS * Short.BYTES;

  /// Writes rows of `columns` floats as bf16, filled up with zeros to a multiple of [#BLOCK].
  ///
  /// @param strideY from one row to the next
  void round(FloatRows x, int rows, int columns, MemorySegment y, long at, long strideY);

  /// Writes `2 · pairs` rows of `16 · panels` floats as so many panels.
  ///
  /// @param apart from one panel to the next
  void pairRows(FloatRows w, int pairs, int panels, MemorySegment target, long at, long apart);

  /// Writes `16 · panels` rows of sixteen floats turned round: eight pairs of each of `panels`
  /// panels.
  ///
  /// @param apart from one panel to the next
  void pairColumns(FloatRows w, int panels, MemorySegment target, long at, long apart);

  /// Writes [#BLOCK] rows of `columns` floats, a multiple of sixteen, turned round: `columns` rows
  /// of [#BLOCK] numbers.
  ///
  /// @param strideY from one of these rows to the next
  void turn(FloatRows w, int columns, MemorySegment y, long at, long strideY);

  /// `c = a · b` or `c += a · b` for `tiles` tiles of [#ROWS] rows.
  ///
  /// @param a rows of bf16
  /// @param b panels
  /// @param pairs along the reduction, a multiple of [#PAIRS]
  /// @param panels how many, 1 to [#PANELS]
  void multiply(Rows a, Rows b, FloatRows c, int pairs, int tiles, int panels, boolean adds);

  /// Rows, or panels, in a segment.
  ///
  /// @param at where the first begins
  /// @param stride from one to the next
  record Rows(MemorySegment segment, long at, long stride) {
    Rows from(long row, long bytes) {
      return new Rows(segment, at + row * stride + bytes, stride);
    }
  }
}
