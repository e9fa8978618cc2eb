package dev.freehold.tensor;

import dev.freehold.tensor.Matrix.Product;
import dev.freehold.tensor.Matrix.Share;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Products of packed matrices with the same inputs, cut into parts for the workers.
///
/// Few inputs take each panel's quants straight into the sums, one input after the other; the panel
/// is in the nearest cache from the second on. More inputs are first packed so that those of a tile
/// lie side by side; then each group of panels is turned into floats once, a stretch of columns at
/// a time, and used for all inputs.
final class Multiplication {

  // A stretch of a group of panels as floats stays in the second-level cache.
  private static final int STRETCH = 512;

  // Most inputs that are multiplied with quants directly: turning a panel into floats pays later.
  private static final int FEW = 4;

  // Weights that are worth a part of their own; less costs more in handing out than it saves.
  private static final int SMALLEST_PART = 1 << 14;

  private static final float[][] NONE = {};

  private final Workers workers;
  private final float[] x;
  private final int columns;
  private final List<Inputs> inputs = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private int tiles;
  private float[] interleaved = {};

  /// Inputs that some products share.
  ///
  /// @param first which row of `x` is the first
  /// @param tokens how many rows
  /// @param rows each by itself where they are few, else none
  /// @param sums of each row, sixteen columns at a time
  /// @param tile the first of their tiles among all, where they are not few
  private record Inputs(int first, int tokens, float[][] rows, float[][] sums, int tile) {
    boolean few() {
      return rows.length > 0;
    }
  }

  /// Panels of a product that one thread computes.
  private record Part(
      Inputs inputs, Product product, PackedMatrix matrix, int fromPanel, int toPanel) {}

  private Multiplication(Workers workers, float[] x, int columns) {
    this.workers = workers;
    this.x = x;
    this.columns = columns;
  }

  static void run(Workers workers, float[] x, int columns, List<Share> shares) {
    Multiplication work = new Multiplication(workers, x, columns);
    int panels = 0;
    for (Share share : shares) {
      work.inputs.add(work.inputs(share));
      for (Product product : share.products()) {
        panels += share.tokens() <= FEW ? work.packed(product).panelCount() : 0;
      }
    }
    int smallest = Math.max(1, SMALLEST_PART / (columns * Panels.ROWS));
    int few = Math.max(smallest, Math.ceilDiv(panels, 6 * workers.threads()));
    for (int i = 0; i < shares.size(); i++) {
      Inputs own = work.inputs.get(i);
      for (Product product : shares.get(i).products()) {
        work.cut(own, product, own.few() ? few : Tile.PANELS);
      }
    }
    work.run();
  }

  private PackedMatrix packed(Product product) {
    if (!(product.matrix() instanceof PackedMatrix matrix) || matrix.columns() != columns) {
      throw new IllegalArgumentException("matrices of one product differ in kind or columns");
    }
    return matrix;
  }

  private Inputs inputs(Share share) {
    int tokens = share.tokens();
    if (tokens > FEW) {
      int tile = tiles;
      tiles += Math.ceilDiv(tokens, Tile.TOKENS);
      return new Inputs(share.first(), tokens, NONE, NONE, tile);
    }
    float[][] rows = new float[tokens][];
    float[][] sums = new float[tokens][columns / 16];
    for (int t = 0; t < tokens; t++) {
      int from = (share.first() + t) * columns;
      rows[t] = from == 0 ? x : Arrays.copyOfRange(x, from, from + columns);
      for (int i = 0; i < sums[t].length; i++) {
        float sum = 0;
        for (int k = i * 16; k < i * 16 + 16; k++) {
          sum += rows[t][k];
        }
        sums[t][i] = sum;
      }
    }
    return new Inputs(share.first(), tokens, rows, sums, 0);
  }

  private void cut(Inputs own, Product product, int size) {
    PackedMatrix matrix = packed(product);
    for (int from = 0; from < matrix.panelCount(); from += size) {
      int to = Math.min(matrix.panelCount(), from + size);
      parts.add(new Part(own, product, matrix, from, to));
    }
  }

  private void run() {
    if (tiles > 0) {
      interleave();
    }
    workers.run(
        parts.size(),
        (number, worker) -> {
          Part part = parts.get(number);
          Scratch scratch = workers.scratch(worker);
          if (part.inputs.few()) {
            for (int panel = part.fromPanel; panel < part.toPanel; panel++) {
              panel(part, panel, scratch);
            }
          } else {
            group(part, scratch);
          }
        });
  }

  /// Packs the inputs of all tiles.
  private void interleave() {
    interleaved = workers.shared().inputs(tiles * Tile.TOKENS * columns);
    Inputs[] ofTile = new Inputs[tiles];
    for (Inputs own : inputs) {
      int count = own.few() ? 0 : Math.ceilDiv(own.tokens, Tile.TOKENS);
      Arrays.fill(ofTile, own.tile, own.tile + count, own);
    }
    int chunk = tiles < 4 ? tiles : Math.ceilDiv(tiles, 4 * workers.threads());
    workers.run(
        Math.ceilDiv(tiles, chunk),
        (part, worker) -> {
          for (int tile = part * chunk; tile < Math.min(tiles, (part + 1) * chunk); tile++) {
            packInputs(ofTile[tile], tile);
          }
        });
  }

  private void panel(Part part, int panel, Scratch scratch) {
    float[][] inputs = part.inputs.rows;
    float[][] sums = part.inputs.sums;
    Panels panels = part.matrix.panels();
    float[] scale = scratch.scale(0, panels.scaleCount());
    float[] offset = scratch.offset(0, panels.scaleCount());
    panels.scales(panel, scale, offset);
    int row = panel * Panels.ROWS;
    int rows = Math.min(Panels.ROWS, part.matrix.rows() - row);
    float[] y = scratch.tile();
    for (int t = 0; t < inputs.length; t++) {
      if (Lanes.USABLE) {
        panels.dot(panel, inputs[t], sums[t], scale, offset, y, 0);
      } else {
        float[] w = scratch.weights(columns * Panels.ROWS);
        panels.dotScalar(panel, inputs[t], scale, offset, w, y, 0);
      }
      int target = part.product.start() + t * part.product.stride() + row;
      System.arraycopy(y, 0, part.product.y(), target, rows);
    }
  }

  /// Inputs of a tile, interleaved: `[columns, Tile.TOKENS]`, zero past the last token.
  private void packInputs(Inputs own, int tile) {
    // A stretch at a time, so that what is written token by token stays in the nearest cache.
    for (int from = 0; from < columns; from += STRETCH / 2) {
      int to = Math.min(columns, from + STRETCH / 2);
      int target = tile * Tile.TOKENS * columns;
      for (int i = 0; i < Tile.TOKENS; i++, target++) {
        int token = (tile - own.tile) * Tile.TOKENS + i;
        int source = token < own.tokens ? (own.first + token) * columns : -1;
        for (int k = from; k < to; k++) {
          interleaved[target + k * Tile.TOKENS] = source < 0 ? 0 : x[source + k];
        }
      }
    }
  }

  private void group(Part part, Scratch scratch) {
    Panels panels = part.matrix.panels();
    int panel = part.fromPanel;
    int count = part.toPanel - panel;
    for (int p = 0; p < count; p++) {
      float[] scale = scratch.scale(p, panels.scaleCount());
      panels.scales(panel + p, scale, scratch.offset(p, panels.scaleCount()));
    }
    int size = Math.min(STRETCH, columns) * Panels.ROWS;
    float[] w = scratch.weights(size * Tile.PANELS);
    for (int from = 0; from < columns; from += STRETCH) {
      int to = Math.min(columns, from + STRETCH);
      for (int p = 0; p < count; p++) {
        float[] scale = scratch.scale(p, panels.scaleCount());
        float[] offset = scratch.offset(p, panels.scaleCount());
        if (Lanes.USABLE) {
          panels.dequantize(panel + p, from, to, scale, offset, w, p * size);
        } else {
          panels.dequantizeScalar(panel + p, from, to, scale, offset, w, p * size);
        }
      }
      tiles(part, from, to, w, size, scratch.tile());
    }
  }

  private void tiles(Part part, int from, int to, float[] w, int size, float[] y) {
    Product product = part.product;
    float[] inputs = interleaved;
    int tokens = part.inputs.tokens;
    int base = part.inputs.tile * Tile.TOKENS * columns;
    int row = part.fromPanel * Panels.ROWS;
    int rows = Math.min(Tile.ROWS, part.matrix.rows() - row);
    boolean first = from == 0;
    for (int token = 0; token < tokens; token += Tile.TOKENS) {
      int input = base + token * columns + from * Tile.TOKENS;
      int target = product.start() + token * product.stride() + row;
      int count = Math.min(Tile.TOKENS, tokens - token);
      if (first) {
        clear(product, target, count, rows);
      }
      int height = count <= Tile.LEAST ? Tile.LEAST : Tile.TOKENS;
      if (count == height && rows == Tile.ROWS) {
        float[] outputs = product.y();
        int stride = product.stride();
        Tile.multiply(height, inputs, input, w, size, to - from, outputs, target, stride);
      } else {
        // The edge goes through a tile of its own, so that nothing is written past it.
        Arrays.fill(y, 0);
        Tile.multiply(height, inputs, input, w, size, to - from, y, 0, Tile.ROWS);
        add(y, count, rows, product.y(), target, product.stride());
      }
    }
  }

  private static void clear(Product product, int start, int tokens, int rows) {
    for (int i = 0; i < tokens; i++) {
      int at = start + i * product.stride();
      Arrays.fill(product.y(), at, at + rows, 0);
    }
  }

  private static void add(float[] tile, int tokens, int rows, float[] y, int start, int stride) {
    for (int i = 0; i < tokens; i++) {
      for (int r = 0; r < rows; r++) {
        y[start + i * stride + r] += tile[i * Tile.ROWS + r];
      }
    }
  }
}
