package dev.freehold.tensor;

import dev.freehold.tensor.Bf16Kernels.Rows;
import dev.freehold.tensor.machine.LargeMemory;
import java.lang.foreign.MemorySegment;

/// Products of any size, cut into tiles. Belongs to one thread.
final class Bf16Tiles {

  final Bf16Kernels kernels;
  private final float[] tile = new float[Bf16Kernels.ROWS * Bf16Kernels.COLUMNS];

  Bf16Tiles(Bf16Kernels kernels) {
    this.kernels = kernels;
  }

  /// Memory outside the heap that grows and never shrinks.
  static final class Grown {
    private MemorySegment memory = MemorySegment.NULL;

    MemorySegment of(long bytes) {
      if (memory.byteSize() < bytes) {
        memory = LargeMemory.allocate(bytes);
      }
      return memory;
    }
  }

  /// Panels that `columns` columns take where whole tiles are to be there.
  static int panels(int columns) {
    return Math.ceilDiv(columns, Panels.ROWS);
  }

  /// `c = a · b` or `c += a · b`.
  ///
  /// @param a rows of bf16, whole tiles of them
  /// @param b panels, filled up where `columns` end within one
  void multiply(Rows a, Rows b, FloatRows c, int pairs, int rows, int columns, boolean adds) {
    for (int column = 0; column < columns; column += Bf16Kernels.COLUMNS) {
      int width = Math.min(Bf16Kernels.COLUMNS, columns - column);
      Rows panels = b.from(column / Panels.ROWS, 0);
      group(a, panels, c.from(0, column), pairs, rows, width, adds);
    }
  }

  /// Edges go through a tile of their own, so that nothing is written past them.
  private void group(Rows a, Rows b, FloatRows c, int pairs, int rows, int width, boolean adds) {
    int panels = panels(width);
    boolean fits = width % Panels.ROWS == 0;
    int direct = fits ? rows / Bf16Kernels.ROWS * Bf16Kernels.ROWS : 0;
    if (direct > 0) {
      kernels.multiply(a, b, c, pairs, direct / Bf16Kernels.ROWS, panels, adds);
    }
    FloatRows own = FloatRows.of(tile, Bf16Kernels.COLUMNS);
    for (int row = direct; row < rows; row += Bf16Kernels.ROWS) {
      int height = Math.min(Bf16Kernels.ROWS, rows - row);
      if (adds) {
        copy(c.from(row, 0), own, height, width);
      }
      kernels.multiply(a.from(row, 0), b, own, pairs, 1, panels, adds);
      copy(own, c.from(row, 0), height, width);
    }
  }

  static void copy(FloatRows from, FloatRows to, int rows, int width) {
    for (int row = 0; row < rows; row++) {
      int source = from.start() + row * from.stride();
      int target = to.start() + row * to.stride();
      System.arraycopy(from.numbers(), source, to.numbers(), target, width);
    }
  }
}
