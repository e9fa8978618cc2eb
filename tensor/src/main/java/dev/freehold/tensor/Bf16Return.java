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

  // Most weights of a stretch; they stay in the third-level cache.
  private static final int MOST = 1 << 21;

  private final Workers workers;
  private final Bf16Kernels kernels;
  private final List<Bf16Thread> own;
  private final Area inputs = new Area();
  private final Area stretch = new Area();
  private final Area narrowed = new Area();
  private float[] narrow = {};

  Bf16Return(Workers workers, Bf16Kernels kernels, List<Bf16Thread> own) {
    this.workers = workers;
    this.kernels = kernels;
    this.own = own;
  }

  private Rows narrowed(int tokens, Bf16Pair pair) {
    if (narrow.length < tokens * pair.width()) {
      narrow = new float[tokens * pair.width()];
    }
    return narrowed.of(whole(tokens, Bf16Kernels.ROWS), Bf16Products.bytes(pair.width()));
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
        Math.clamp(MOST / width, 128, Bf16Products.STRETCH) / Bf16Kernels.BLOCK * Bf16Kernels.BLOCK;
    Rows b = null;
    for (int row = 0; row < packed.rows(); row += most) {
      int count = Math.min(most, packed.rows() - row);
      if (dx != null) {
        int groups = Math.ceilDiv(packed.columns(), Bf16Kernels.COLUMNS);
        long laid = Math.ceilDiv(count, Panels.ROWS) * 8L * Bf16Kernels.PAIR;
        long bytes = Bf16Layouts.pairs(count) * (long) Bf16Kernels.PAIR;
        b = stretch.of(groups * Bf16Kernels.PANELS, bytes);
        for (int panel = 0; panel < groups * Bf16Kernels.PANELS; panel++) {
          b.segment().asSlice(b.from(panel, laid).at(), bytes - laid).fill((byte) 0);
        }
      }
      Rows a = inputs.of(whole(tokens, Bf16Kernels.ROWS), Bf16Products.bytes(count));
      Rows v = pair == null ? null : narrowed(tokens, pair);
      layOut(packed, pair, row, count, dy, tokens, a, b, v, turned);
      if (dx != null && b != null) {
        boolean last = row + count == packed.rows();
        addRows(packed, last ? pair : null, count, tokens, a, b, v, dx, adds || row > 0);
      }
    }
  }

  /// Lays `count` rows of weights and numbers of gradients out.
  ///
  /// @param v what the pair makes of the gradients, written with the last rows
  private void layOut(
      PackedMatrix matrix,
      @Nullable Bf16Pair pair,
      int row,
      int count,
      FloatRows dy,
      int tokens,
      Rows a,
      @Nullable Rows b,
      @Nullable Rows v,
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
          if (pair != null && v != null) {
            FloatRows u = FloatRows.of(narrow, pair.width()).from(token, 0);
            pair.narrow(mine.tiles, false, a.from(token, 0), row, count, several, u);
            if (row + count == matrix.rows()) {
              pair.scale(u, several);
              Rows wide = v.from(token, 0);
              kernels.round(u, several, pair.width(), wide.segment(), wide.at(), wide.stride());
              pair.turn(u, several, turned, token, tokens);
            }
          }
        });
  }

  private void addRows(
      PackedMatrix matrix,
      @Nullable Bf16Pair pair,
      int count,
      int tokens,
      Rows a,
      Rows b,
      @Nullable Rows v,
      FloatRows dx,
      boolean adds) {
    int groups = Math.ceilDiv(matrix.columns(), Bf16Kernels.COLUMNS);
    int chunk = Bf16Products.chunk(workers, groups, tokens);
    int chunks = Math.ceilDiv(tokens, chunk);
    int pairs = Bf16Layouts.pairs(count);
    workers.run(
        groups * chunks,
        (part, worker) -> {
          int column = part / chunks * Bf16Kernels.COLUMNS;
          int token = part % chunks * chunk;
          int several = Math.min(chunk, tokens - token);
          int width = Math.min(Bf16Kernels.COLUMNS, matrix.columns() - column);
          Bf16Tiles tiles = own.get(worker).tiles;
          Rows panels = b.from(column / Panels.ROWS, 0);
          for (int from = token; from < token + several; from += Bf16Products.NEAR) {
            int near = Math.min(Bf16Products.NEAR, token + several - from);
            FloatRows target = dx.from(from, column);
            tiles.multiply(a.from(from, 0), panels, target, pairs, near, width, adds);
            if (pair != null && v != null) {
              pair.widen(tiles, false, v.from(from, 0), column, width, near, target);
            }
          }
        });
  }
}
