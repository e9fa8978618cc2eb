package dev.freehold.tensor;

import static dev.freehold.tensor.Bf16Layouts.pairs;
import static dev.freehold.tensor.Bf16Layouts.whole;

import dev.freehold.tensor.Bf16Kernels.Rows;
import dev.freehold.tensor.Bf16Layouts.Area;
import java.lang.foreign.MemorySegment;

/// A low-rank pair beside a frozen matrix, laid out in bf16 for its products both ways: what is
/// added is `s·B·A·x`. Laid out by one thread, then read by any.
public final class Bf16Pair {

  private final Bf16Layouts layouts;
  private final int in;
  private final int out;
  private final int rank;
  private final Area inward = new Area(); // Aᵀ to the right of x
  private final Area outward = new Area(); // B to the right of dy
  private final Area up = new Area(); // Bᵀ to the right of what is narrow
  private final Area down = new Area(); // A to the right of what is narrow
  private float scale;

  /// @throws IllegalStateException where products in bf16 are not available
  public Bf16Pair(int in, int out, int rank) {
    this(MachineBf16Kernels.get(), in, out, rank);
  }

  Bf16Pair(Bf16Kernels kernels, int in, int out, int rank) {
    layouts = new Bf16Layouts(kernels);
    this.in = in;
    this.out = out;
    this.rank = rank;
  }

  /// Takes the pair's numbers, anew whenever they changed.
  ///
  /// @param a `[rank, in]`
  /// @param b `[rank, out]`
  /// @param factor what products are scaled by
  public void lay(FloatRows a, FloatRows b, float factor) {
    scale = factor;
    layouts.rightTurned(inward, a, rank, in, width());
    layouts.rightTurned(outward, b, rank, out, width());
    layouts.right(up, b, rank, out, 2 * pairs(rank));
    layouts.right(down, a, rank, in, 2 * pairs(rank));
  }

  /// Numbers of a row of what is narrow, filled up to whole panels.
  private int width() {
    return whole(rank, Panels.ROWS);
  }

  /// From one row of what is narrow to the next at least: numbers that are rounded together.
  int stride() {
    return 2 * pairs(rank);
  }

  /// Scales what [#narrow] wrote.
  void scale(FloatRows narrow, int rows) {
    for (int row = 0; row < rows; row++) {
      int start = narrow.start() + row * narrow.stride();
      for (int i = start; i < start + stride(); i++) {
        narrow.numbers()[i] *= scale;
      }
    }
  }

  /// Writes it turned round, `[rank, stride]`, from row `at` of the whole on.
  void turn(FloatRows narrow, int rows, float[] turned, int at, int stride) {
    for (int k = 0; k < rank; k++) {
      for (int i = 0; i < rows; i++) {
        turned[k * stride + at + i] = narrow.numbers()[narrow.start() + i * narrow.stride() + k];
      }
    }
  }

  /// Multiplies inputs, or gradients of outputs, into what is narrow, not yet scaled.
  ///
  /// @param a rows as bf16, from a number on that is a multiple of twice [Bf16Kernels#PAIRS]
  /// @param numbers how many of each row there are
  void narrow(
      Bf16Tiles tiles, boolean inwards, Rows a, int from, int numbers, int rows, FloatRows to) {
    Rows panels = (inwards ? inward : outward).rows();
    Rows b = panels.from(0, from / 2 * (long) Bf16Kernels.PAIR);
    tiles.multiply(a, b, to, pairs(numbers), rows, width(), from > 0);
  }

  /// Bytes of what is narrow in a row of bf16.
  long bytes() {
    return pairs(rank) * 4L;
  }

  /// Copies one panel of Bᵀ, which makes outputs of what is narrow.
  void copyUp(int panel, Rows target) {
    copy(up, panel, target);
  }

  /// Copies one panel of A, which makes gradients of inputs of what is narrow.
  void copyDown(int panel, Rows target) {
    copy(down, panel, target);
  }

  private void copy(Area area, int panel, Rows target) {
    Rows from = area.rows().from(panel, 0);
    long bytes = pairs(rank) * (long) Bf16Kernels.PAIR;
    MemorySegment.copy(from.segment(), from.at(), target.segment(), target.at(), bytes);
  }
}
