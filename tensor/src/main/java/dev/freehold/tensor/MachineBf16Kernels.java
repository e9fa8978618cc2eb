package dev.freehold.tensor;

import dev.freehold.tensor.machine.Bf16Machine;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;

/// The kernels in machine code, behind checks of what they will touch.
final class MachineBf16Kernels implements Bf16Kernels {

  private final Bf16Machine machine;

  private MachineBf16Kernels(Bf16Machine machine) {
    if (Bf16Machine.ROWS != ROWS || Bf16Machine.PANELS != PANELS || Bf16Machine.PAIRS != PAIRS) {
      throw new IllegalStateException("the machine code is for tiles of another size");
    }
    this.machine = machine;
  }

  static boolean available() {
    return Lanes.COUNT == 16 && Lanes.USABLE && !Bf16Machine.all().isEmpty();
  }

  /// @throws IllegalStateException where they are not [#available()]
  static MachineBf16Kernels get() {
    if (!available()) {
      throw new IllegalStateException("no products in bf16 here");
    }
    return new MachineBf16Kernels(Bf16Machine.all().getFirst());
  }

  /// All that this processor has, the fastest first.
  static List<Bf16Kernels> all() {
    return available()
        ? Bf16Machine.all().stream().<Bf16Kernels>map(MachineBf16Kernels::new).toList()
        : List.of();
  }

  @Override
  public String toString() {
    return machine.hasTiles() ? "tiles" : "vectors";
  }

  private static MemorySegment floats(float[] numbers, long start, long count) {
    Objects.checkFromIndexSize(start, count, numbers.length);
    return MemorySegment.ofArray(numbers).asSlice(start * Float.BYTES);
  }

  private static MemorySegment bytes(MemorySegment segment, long at, long count) {
    return segment.asSlice(at, count);
  }

  private static long span(long rows, long stride, long last) {
    return (rows - 1) * stride + last;
  }

  @Override
  public void round(FloatRows x, int rows, int columns, MemorySegment y, long at, long strideY) {
    int whole = columns / BLOCK;
    long width = Math.ceilDiv(columns, BLOCK) * 2L * BLOCK;
    MemorySegment target = bytes(y, at, span(rows, strideY, width));
    if (whole > 0) {
      MemorySegment source =
          floats(x.numbers(), x.start(), span(rows, x.stride(), (long) whole * BLOCK));
      machine.round(source, x.stride() * 4L, target, strideY, whole, rows);
    }
    if (whole * BLOCK < columns) {
      for (int row = 0; row < rows; row++) {
        for (int k = whole * BLOCK; k < (whole + 1) * BLOCK; k++) {
          float number = k < columns ? x.numbers()[x.start() + row * x.stride() + k] : 0;
          target.set(
              ValueLayout.JAVA_SHORT_UNALIGNED,
              row * strideY + k * 2L,
              ScalarBf16Kernels.round(number));
        }
      }
    }
  }

  private static MemorySegment rows(FloatRows w, long rows, int columns) {
    return floats(w.numbers(), w.start(), span(rows, w.stride(), columns));
  }

  @Override
  public void pairRows(
      FloatRows w, int pairs, int panels, MemorySegment target, long at, long apart) {
    machine.pairRows(
        rows(w, 2L * pairs, panels * Panels.ROWS),
        w.stride() * 4L,
        bytes(target, at, span(panels, apart, (long) pairs * PAIR)),
        apart,
        panels,
        pairs);
  }

  @Override
  public void pairColumns(FloatRows w, int panels, MemorySegment target, long at, long apart) {
    machine.pairColumns(
        rows(w, (long) panels * Panels.ROWS, Panels.ROWS),
        w.stride() * 4L,
        bytes(target, at, span(panels, apart, 8 * PAIR)),
        apart,
        panels);
  }

  @Override
  public void turn(FloatRows w, int columns, MemorySegment y, long at, long strideY) {
    machine.turn(
        rows(w, BLOCK, columns),
        w.stride() * 4L,
        bytes(y, at, span(columns, strideY, 2L * BLOCK)),
        strideY,
        columns / Panels.ROWS);
  }

  @Override
  public void multiply(
      Rows a, Rows b, FloatRows c, int pairs, int tiles, int panels, boolean adds) {
    int rows = tiles * ROWS;
    if (pairs % PAIRS != 0 || pairs <= 0 || tiles <= 0) {
      throw new IllegalArgumentException(pairs + " pairs in " + tiles + " tiles");
    }
    machine.multiply(
        bytes(a.segment(), a.at(), span(rows, a.stride(), 4L * pairs)),
        a.stride(),
        bytes(b.segment(), b.at(), span(panels, b.stride(), (long) pairs * PAIR)),
        b.stride(),
        rows(c, rows, panels * Panels.ROWS),
        c.stride() * 4L,
        pairs,
        tiles,
        panels,
        adds);
  }
}
