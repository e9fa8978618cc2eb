package dev.freehold.tensor;

/// Products with a packed matrix from its other side, as a gradient goes back through it: `dx += dy
/// · W`.
///
/// A stretch of rows is turned into floats once, by all threads, and laid out so that for each tile
/// of columns the rows follow each other; then all tokens are multiplied with it. A token's sums
/// take the rows in their order, so that results do not depend on the number of threads.
final class TransposedMultiplication {

  // Most floats of a stretch: they stay in the third-level cache while all tokens go over them.
  private static final int MOST = 1 << 21;

  private static final int MOST_ROWS = 512;
  private static final int LEAST_ROWS = 128;
  private static final int TOKENS_AT_ONCE = 64;
  private static final int COLUMNS_AT_ONCE = 512;
  private static final int TILE = 2 * Lanes.COUNT;

  private final Workers workers;
  private final PackedMatrix matrix;
  private final FloatRows dy;
  private final int tokens;
  private final FloatRows dx;
  private final int rowsAtOnce;
  private final float[] stretch; // [tiles, rowsAtOnce, TILE]

  private TransposedMultiplication(
      Workers workers, PackedMatrix matrix, FloatRows dy, int tokens, FloatRows dx) {
    this.workers = workers;
    this.matrix = matrix;
    this.dy = dy;
    this.tokens = tokens;
    this.dx = dx;
    int tiles = Math.ceilDiv(matrix.columns(), TILE);
    int fitting = MOST / (tiles * TILE) / Panels.ROWS * Panels.ROWS;
    rowsAtOnce = Math.clamp(fitting, LEAST_ROWS, MOST_ROWS);
    stretch = workers.shared().weights(Math.multiplyExact(tiles * TILE, rowsAtOnce));
  }

  static void run(Workers workers, PackedMatrix matrix, FloatRows dy, int tokens, FloatRows dx) {
    TransposedMultiplication work = new TransposedMultiplication(workers, matrix, dy, tokens, dx);
    for (int row = 0; row < matrix.rows(); row += work.rowsAtOnce) {
      work.rows(row, Math.min(work.rowsAtOnce, matrix.rows() - row));
    }
  }

  private void rows(int row, int count) {
    int first = row / Panels.ROWS;
    workers.run(
        Math.ceilDiv(count, Panels.ROWS),
        (part, worker) -> layOut(first + part, part * Panels.ROWS, workers.scratch(worker)));
    int tiles = Math.ceilDiv(matrix.columns(), TILE);
    workers.run(
        Math.ceilDiv(tokens, TOKENS_AT_ONCE),
        (part, worker) -> {
          int token = part * TOKENS_AT_ONCE;
          int several = Math.min(TOKENS_AT_ONCE, tokens - token);
          for (int tile = 0; tile < tiles; tile++) {
            int column = tile * TILE;
            FloatProduct.add(
                dy.from(token, row),
                new FloatRows(stretch, column * rowsAtOnce, TILE),
                dx.from(token, column),
                several,
                count,
                Math.min(TILE, matrix.columns() - column));
          }
        });
  }

  /// Writes panel `panel` as floats to rows `at…` of the stretch.
  private void layOut(int panel, int at, Scratch scratch) {
    Panels panels = matrix.panels();
    int columns = matrix.columns();
    float[] scale = scratch.scale(0, panels.scaleCount());
    float[] offset = scratch.offset(0, panels.scaleCount());
    panels.scales(panel, scale, offset);
    float[] w = scratch.weights(COLUMNS_AT_ONCE * Panels.ROWS);
    for (int from = 0; from < columns; from += COLUMNS_AT_ONCE) {
      int to = Math.min(columns, from + COLUMNS_AT_ONCE);
      if (Lanes.USABLE) {
        panels.dequantize(panel, from, to, scale, offset, w, 0);
      } else {
        panels.dequantizeScalar(panel, from, to, scale, offset, w, 0);
      }
      for (int column = from; column < to; column += TILE) {
        int width = Math.min(TILE, to - column);
        int target = column * rowsAtOnce + at * TILE;
        turn(w, (column - from) * Panels.ROWS, width, target);
      }
    }
  }

  private void turn(float[] w, int source, int width, int target) {
    for (int lane = 0; lane < Panels.ROWS; lane++) {
      int row = target + lane * TILE;
      for (int i = 0; i < width; i++) {
        stretch[row + i] = w[source + i * Panels.ROWS + lane];
      }
    }
  }
}
