package dev.freehold.tensor;

import static dev.freehold.tensor.Bf16Layouts.whole;
import static dev.freehold.tensor.Bf16Thread.ROUNDED;

import dev.freehold.tensor.Bf16Kernels.Rows;
import dev.freehold.tensor.Bf16Layouts.Area;
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
  private FloatRows narrow = FloatRows.of(new float[0], 0);

  Bf16Return(Workers workers, Bf16Kernels kernels, List<Bf16Thread> own) {
    this.workers = workers;
    this.kernels = kernels;
    this.own = own;
  }

  /// See [Bf16Products#back].
  void run(
      PackedMatrix packed,
      @Nullable Bf16Pair pair,
      FloatRows dy,
      int tokens,
      @Nullable FloatRows dx,
      boolean adds,
      float[] turned) {
    if (pair == null && dx == null) {
      return;
    }
    int width = whole(packed.columns(), Bf16Kernels.COLUMNS);
    int most =
        Math.clamp(Bf16Products.MOST / width, 128, Bf16Products.STRETCH)
            / Bf16Kernels.BLOCK
            * Bf16Kernels.BLOCK;
    if (pair != null
        && (narrow.stride() != pair.stride() || narrow.numbers().length < tokens * pair.stride())) {
      narrow = FloatRows.of(new float[tokens * pair.stride()], pair.stride());
    }
    for (int row = 0; row < packed.rows(); row += most) {
      int count = Math.min(most, packed.rows() - row);
      boolean last = row + count == packed.rows();
      // What the pair makes of the gradients stands behind them, so that it is part of the sums.
      long wide = Bf16Products.bytes(count);
      Rows a = inputs.of(whole(tokens, Bf16Kernels.ROWS), wide + (pair == null ? 0 : pair.bytes()));
      Rows b = dx == null ? null : room(packed, count, last ? pair : null);
      layOut(packed, pair, row, count, dy, tokens, a, b, turned);
      if (dx != null && b != null) {
        int pairs = Bf16Layouts.pairs(count) + (last && pair != null ? (int) pair.bytes() / 4 : 0);
        addRows(packed, pairs, tokens, a, b, dx, adds || row > 0);
      }
    }
  }

  /// Room for a stretch of weights, filled up with zeros, with the pair's part behind them.
  private Rows room(PackedMatrix packed, int count, @Nullable Bf16Pair pair) {
    int panels = whole(Math.ceilDiv(packed.columns(), Panels.ROWS), Bf16Kernels.PANELS);
    long laid = Math.ceilDiv(count, Panels.ROWS) * 8L * Bf16Kernels.PAIR;
    long bytes = Bf16Layouts.pairs(count) * (long) Bf16Kernels.PAIR;
    Rows b = stretch.of(panels, bytes + (pair == null ? 0 : pair.bytes() / 4 * Bf16Kernels.PAIR));
    for (int panel = 0; panel < panels; panel++) {
      b.segment().asSlice(b.from(panel, laid).at(), bytes - laid).fill((byte) 0);
      if (pair != null && panel < Bf16Tiles.panels(packed.columns())) {
        pair.copyDown(panel, b.from(panel, bytes));
      }
    }
    return b;
  }

  /// Lays `count` rows of weights and numbers of gradients out.
  private void layOut(
      PackedMatrix matrix,
      @Nullable Bf16Pair pair,
      int row,
      int count,
      FloatRows dy,
      int tokens,
      Rows a,
      @Nullable Rows b,
      float[] turned) {
    int panels = b == null ? 0 : Math.ceilDiv(count, Panels.ROWS);
    workers.run(
        panels + Math.ceilDiv(tokens, ROUNDED),
        (part, worker) -> {
          Bf16Thread mine = own.get(worker);
          if (b != null && part < panels) {
            Rows target = b.from(0, part * 8L * Bf16Kernels.PAIR);
            mine.weights.turned(matrix, row / Panels.ROWS + part, target);
            return;
          }
          int token = (part - panels) * ROUNDED;
          int several = Math.min(ROUNDED, tokens - token);
          Rows rows = a.from(token, 0);
          FloatRows some = dy.from(token, row);
          kernels.round(some, several, count, rows.segment(), rows.at(), rows.stride());
          if (pair != null) {
            FloatRows u = narrow.from(token, 0);
            pair.narrow(mine.tiles, false, a.from(token, 0), row, count, several, u);
            if (row + count == matrix.rows()) {
              pair.scale(u, several);
              Rows wide = a.from(token, Bf16Products.bytes(count));
              kernels.round(u, several, pair.stride(), wide.segment(), wide.at(), wide.stride());
              pair.turn(u, several, turned, token, tokens);
            }
          }
        });
  }

  private void addRows(
      PackedMatrix matrix, int pairs, int tokens, Rows a, Rows b, FloatRows dx, boolean adds) {
    int groups = Math.ceilDiv(matrix.columns(), Bf16Kernels.COLUMNS);
    int chunk = Bf16Products.chunk(workers, groups, tokens, 2 * pairs);
    workers.run(
        Math.ceilDiv(tokens, chunk) * groups,
        (part, worker) -> {
          int column = part % groups * Bf16Kernels.COLUMNS;
          int token = part / groups * chunk;
          int several = Math.min(chunk, tokens - token);
          int width = Math.min(Bf16Kernels.COLUMNS, matrix.columns() - column);
          Rows panels = b.from(column / Panels.ROWS, 0);
          FloatRows target = dx.from(token, column);
          Bf16Tiles tiles = own.get(worker).tiles;
          tiles.multiply(a.from(token, 0), panels, target, pairs, several, width, adds);
        });
  }
}
