package dev.freehold.tensor;

import dev.freehold.tensor.Bf16Kernels.Rows;
import dev.freehold.tensor.Bf16Tiles.Grown;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Lays floats out in bf16 as products take them. Belongs to one thread.
final class Bf16Layouts {

  // Distance beyond what rows take, lest those of a power of two fall into one set of the cache.
  private static final int APART = 64;

  private final Bf16Kernels kernels;
  private float[] filled = {};

  Bf16Layouts(Bf16Kernels kernels) {
    this.kernels = kernels;
  }

  /// Rows of bf16 numbers, or panels, in memory of their own.
  static final class Area {
    private final Grown memory = new Grown();
    private Rows rows = new Rows(MemorySegment.NULL, 0, 0);

    /// What was laid out last.
    Rows rows() {
      return rows;
    }

    /// Room for `count` rows or panels of `bytes` bytes.
    Rows of(int count, long bytes) {
      long stride = bytes + APART;
      rows = new Rows(memory.of(count * stride), 0, stride);
      return rows;
    }
  }

  static int whole(int count, int unit) {
    return Math.ceilDiv(count, unit) * unit;
  }

  /// Pairs that `numbers` numbers take along a reduction.
  static int pairs(int numbers) {
    return whole(numbers, 2 * Bf16Kernels.PAIRS) / 2;
  }

  /// The same rows, filled up with zeros to whole multiples where they are none.
  private FloatRows filled(FloatRows source, int rows, int columns, int wholeRows, int width) {
    if (rows == wholeRows && columns == width) {
      return source;
    }
    if (filled.length < wholeRows * width) {
      filled = new float[wholeRows * width];
    }
    Arrays.fill(filled, 0, wholeRows * width, 0);
    FloatRows target = FloatRows.of(filled, width);
    Bf16Tiles.copy(source, target, rows, columns);
    return target;
  }

  /// Lays rows out as they stand to the left of a product.
  ///
  /// @param wholeRows for how many there is to be room, whole tiles
  Rows left(Area area, FloatRows source, int rows, int columns, int wholeRows) {
    Rows target = area.of(wholeRows, whole(columns, Bf16Kernels.BLOCK) * 2L);
    kernels.round(source, rows, columns, target.segment(), target.at(), target.stride());
    return target;
  }

  /// Lays `size` rows of as many numbers, a multiple of [Bf16Kernels#BLOCK], out turned round, to
  /// the left of a product.
  Rows leftTurned(Area area, FloatRows source, int size) {
    Rows target = area.of(size, size * 2L);
    for (int row = 0; row < size; row += Bf16Kernels.BLOCK) {
      kernels.turn(source.from(row, 0), size, target.segment(), row * 2L, target.stride());
    }
    return target;
  }

  /// Lays rows out to the right of a product that goes along them.
  ///
  /// @param wholeRows how many there are to be, a multiple of twice [Bf16Kernels#PAIRS]
  void right(Area area, FloatRows source, int rows, int columns, int wholeRows) {
    Rows target = area.of(Bf16Tiles.panels(columns), wholeRows / 2 * (long) Bf16Kernels.PAIR);
    int unit = 2 * Bf16Kernels.PAIRS;
    int direct = columns % Panels.ROWS == 0 ? rows / unit * unit : 0;
    right(target, source, direct, columns);
    int rest = wholeRows - direct;
    FloatRows from =
        filled(source.from(direct, 0), rows - direct, columns, rest, whole(columns, Panels.ROWS));
    right(target.from(0, direct / 2 * (long) Bf16Kernels.PAIR), from, rest, columns);
  }

  private void right(Rows target, FloatRows from, int rows, int columns) {
    if (rows > 0) {
      int panels = Bf16Tiles.panels(columns);
      kernels.pairRows(from, rows / 2, panels, target.segment(), target.at(), target.stride());
    }
  }

  /// Lays rows out to the right of a product that goes along their numbers.
  ///
  /// @param wholeRows how many there are to be, whole panels
  void rightTurned(Area area, FloatRows source, int rows, int columns, int wholeRows) {
    FloatRows from = filled(source, rows, columns, wholeRows, 2 * pairs(columns));
    int chunks = Bf16Tiles.panels(2 * pairs(columns));
    int panels = wholeRows / Panels.ROWS;
    Rows target = area.of(panels, chunks * 8L * Bf16Kernels.PAIR);
    for (int chunk = 0; chunk < chunks; chunk++) {
      FloatRows some = from.from(0, chunk * Panels.ROWS);
      long at = chunk * 8L * Bf16Kernels.PAIR;
      kernels.pairColumns(some, panels, target.segment(), at, target.stride());
    }
  }
}
