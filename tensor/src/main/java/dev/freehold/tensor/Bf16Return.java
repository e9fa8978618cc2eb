package dev.freehold.tensor;

import static dev.freehold.tensor.Bf16Layouts.whole;
import static dev.freehold.tensor.Bf16Thread.ROUNDED;

import dev.freehold.tensor.Bf16Kernels.Rows;
import dev.freehold.tensor.Bf16Layouts.Area;
import dev.freehold.tensor.Bf16Products.Returned;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The way back of [Bf16Products]: a stretch of rows of weights is laid out once, by all threads;
/// then all gradients are multiplied with it.
final class Bf16Return {

  private final Workers workers;
  private final Bf16Kernels kernels;
  private final List<Bf16Thread> own;
  private final Area inputs = new Area();
  private final Area stretch = new Area();
  private float[] narrow = {};

  Bf16Return(Workers workers, Bf16Kernels kernels, List<Bf16Thread> own) {
    this.workers = workers;
    this.kernels = kernels;
    this.own = own;
  }

  /// Rows of a matrix that take part in one reduction.
  ///
  /// @param at bytes of a row of gradients before them, a quarter of the pairs of a panel
  /// @param last whether the matrix ends with them; then what its pair makes stands behind them
  private record Part(
      Returned one, PackedMatrix matrix, int row, int count, long at, boolean last) {
    long wide() {
      return Bf16Products.bytes(count);
    }

    @Nullable Bf16Pair ending() {
      return last ? one.pair() : null;
    }

    long end() {
      Bf16Pair pair = ending();
      return at + wide() + (pair == null ? 0 : pair.bytes());
    }

    int panels() {
      return Math.ceilDiv(count, Panels.ROWS);
    }
  }

  /// See [Bf16Products#back].
  void run(List<Returned> matrices, int tokens, @Nullable FloatRows dx, boolean adds) {
    int columns = matrices.getFirst().matrix().columns();
    int width = whole(columns, Bf16Kernels.COLUMNS);
    int most =
        Math.clamp(Bf16Products.MOST / width, 128, Bf16Products.STRETCH)
            / Bf16Kernels.BLOCK
            * Bf16Kernels.BLOCK;
    int stride =
        matrices.stream()
            .mapToInt(one -> one.pair() == null ? 0 : one.pair().stride())
            .max()
            .orElse(0);
    if (narrow.length < tokens * stride) {
      narrow = new float[tokens * stride];
    }
    boolean further = adds;
    List<Part> some = new ArrayList<>();
    int rows = 0;
    for (Returned one : matrices) {
      PackedMatrix matrix = Bf16Products.packed(one.matrix());
      boolean wanted = dx != null || one.pair() != null;
      for (int row = 0; row < matrix.rows() && wanted; row += most) {
        int count = Math.min(most, matrix.rows() - row);
        if (rows + count > most && !some.isEmpty()) {
          new Stretch(some, tokens, stride).run(dx, further);
          further = true;
          some = new ArrayList<>();
          rows = 0;
        }
        long at = some.isEmpty() ? 0 : some.getLast().end();
        some.add(new Part(one, matrix, row, count, at, row + count == matrix.rows()));
        rows += count;
      }
    }
    if (!some.isEmpty()) {
      new Stretch(some, tokens, stride).run(dx, further);
    }
  }

  /// Rows of one or several matrices as one reduction.
  private final class Stretch {
    private final List<Part> parts;
    private final int tokens;
    private final int stride; // of what is narrow
    private final int columns;
    private final long wide;

    Stretch(List<Part> parts, int tokens, int stride) {
      this.parts = parts;
      this.tokens = tokens;
      this.stride = stride;
      columns = parts.getFirst().matrix.columns();
      wide = parts.getLast().end();
    }

    void run(@Nullable FloatRows dx, boolean adds) {
      Rows a = inputs.of(whole(tokens, Bf16Kernels.ROWS), wide);
      Rows b = dx == null ? null : room();
      layOut(a, b);
      if (dx != null && b != null) {
        multiply(a, b, dx, adds);
      }
    }

    /// Bytes of a panel before those of a place in a row.
    private static long panel(long bytes) {
      return bytes / 4 * Bf16Kernels.PAIR;
    }

    /// Room for weights, filled up with zeros, with the pairs' parts behind them.
    private Rows room() {
      int panels = whole(Bf16Tiles.panels(columns), Bf16Kernels.PANELS);
      Rows b = stretch.of(panels, panel(wide));
      for (int panel = 0; panel < panels; panel++) {
        for (Part part : parts) {
          long laid = panel(part.at) + part.panels() * 8L * Bf16Kernels.PAIR;
          long end = panel(part.at + part.wide());
          b.segment().asSlice(b.from(panel, laid).at(), end - laid).fill((byte) 0);
          Bf16Pair pair = part.ending();
          if (pair != null && panel < Bf16Tiles.panels(columns)) {
            pair.copyDown(panel, b.from(panel, end));
          }
        }
      }
      return b;
    }

    /// Lays weights and numbers of gradients out.
    private void layOut(Rows a, @Nullable Rows b) {
      int panels = b == null ? 0 : parts.stream().mapToInt(Part::panels).sum();
      workers.run(
          panels + Math.ceilDiv(tokens, ROUNDED),
          (number, worker) -> {
            Bf16Thread mine = own.get(worker);
            if (b == null || number >= panels) {
              int token = (number - panels) * ROUNDED;
              for (Part part : parts) {
                round(part, mine, a.from(token, part.at), token);
              }
              return;
            }
            int panel = number;
            int index = 0;
            while (panel >= parts.get(index).panels()) {
              panel -= parts.get(index++).panels();
            }
            Part part = parts.get(index);
            Rows target = b.from(0, panel(part.at) + panel * 8L * Bf16Kernels.PAIR);
            mine.weights.turned(part.matrix, part.row / Panels.ROWS + panel, target);
          });
    }

    private void round(Part part, Bf16Thread mine, Rows a, int token) {
      int several = Math.min(ROUNDED, tokens - token);
      FloatRows some = part.one.dy().from(token, part.row);
      kernels.round(some, several, part.count, a.segment(), a.at(), a.stride());
      Bf16Pair pair = part.one.pair();
      if (pair == null) {
        return;
      }
      FloatRows u = FloatRows.of(narrow, stride).from(token, 0);
      pair.narrow(mine.tiles, false, a, part.row, part.count, several, u);
      if (part.last) {
        pair.scale(u, several);
        Rows behind = a.from(0, part.wide());
        kernels.round(u, several, pair.stride(), behind.segment(), behind.at(), behind.stride());
        pair.turn(u, several, part.one.turned(), token, tokens);
      }
    }

    private void multiply(Rows a, Rows b, FloatRows dx, boolean adds) {
      int groups = Math.ceilDiv(columns, Bf16Kernels.COLUMNS);
      int pairs = (int) (wide / 4);
      int chunk = Bf16Products.chunk(workers, groups, tokens, 2 * pairs);
      workers.run(
          Math.ceilDiv(tokens, chunk) * groups,
          (part, worker) -> {
            int column = part % groups * Bf16Kernels.COLUMNS;
            int token = part / groups * chunk;
            int several = Math.min(chunk, tokens - token);
            int width = Math.min(Bf16Kernels.COLUMNS, columns - column);
            Rows panels = b.from(column / Panels.ROWS, 0);
            FloatRows target = dx.from(token, column);
            Bf16Tiles tiles = own.get(worker).tiles;
            tiles.multiply(a.from(token, 0), panels, target, pairs, several, width, adds);
          });
    }
  }
}
