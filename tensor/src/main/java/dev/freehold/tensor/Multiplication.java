package dev.freehold.tensor;

import dev.freehold.tensor.Matrix.Product;
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

  private final Workers workers;
  private final float[] x;
  private final int tokens;
  private final int columns;
  private final List<Packed> products;
  private final int units;

  /// A product with the number of the first unit of work (a group of panels) that is its own.
  private record Packed(PackedMatrix matrix, Product product, int firstUnit, int units) {}

  private Multiplication(
      Workers workers, float[] x, int tokens, int columns, List<Packed> products, int units) {
    this.workers = workers;
    this.x = x;
    this.tokens = tokens;
    this.columns = columns;
    this.products = products;
    this.units = units;
  }

  static void run(Workers workers, float[] x, int tokens, int columns, List<Product> products) {
    int panelsInUnit = tokens <= FEW ? 1 : Tile.PANELS;
    Packed[] packed = new Packed[products.size()];
    int units = 0;
    for (int i = 0; i < packed.length; i++) {
      Product product = products.get(i);
      if (!(product.matrix() instanceof PackedMatrix matrix) || matrix.columns() != columns) {
        throw new IllegalArgumentException("matrices of one product differ in kind or columns");
      }
      int own = Math.ceilDiv(matrix.panelCount(), panelsInUnit);
      packed[i] = new Packed(matrix, product, units, own);
      units += own;
    }
    Multiplication work = new Multiplication(workers, x, tokens, columns, List.of(packed), units);
    if (tokens <= FEW) {
      work.few();
    } else {
      work.several();
    }
  }

  private void few() {
    float[][] inputs = new float[tokens][];
    float[][] sums = new float[tokens][columns / 16];
    for (int t = 0; t < tokens; t++) {
      inputs[t] = t == 0 ? x : Arrays.copyOfRange(x, t * columns, (t + 1) * columns);
      for (int i = 0; i < sums[t].length; i++) {
        float sum = 0;
        for (int k = i * 16; k < i * 16 + 16; k++) {
          sum += inputs[t][k];
        }
        sums[t][i] = sum;
      }
    }
    int smallest = Math.max(1, SMALLEST_PART / (columns * Panels.ROWS));
    int chunk = Math.max(smallest, Math.ceilDiv(units, 6 * workers.threads()));
    workers.run(
        Math.ceilDiv(units, chunk),
        (part, worker) -> {
          Scratch scratch = workers.scratch(worker);
          for (int unit = part * chunk; unit < Math.min(units, (part + 1) * chunk); unit++) {
            Packed packed = of(unit);
            panel(packed, unit - packed.firstUnit, inputs, sums, scratch);
          }
        });
  }

  private void panel(Packed packed, int panel, float[][] inputs, float[][] sums, Scratch scratch) {
    Panels panels = packed.matrix.panels();
    float[] scale = scratch.scale(0, panels.scaleCount());
    float[] offset = scratch.offset(0, panels.scaleCount());
    panels.scales(panel, scale, offset);
    int row = panel * Panels.ROWS;
    int rows = Math.min(Panels.ROWS, packed.matrix.rows() - row);
    float[] y = scratch.tile();
    for (int t = 0; t < inputs.length; t++) {
      if (Lanes.USABLE) {
        panels.dot(panel, inputs[t], sums[t], scale, offset, y, 0);
      } else {
        float[] w = scratch.weights(columns * Panels.ROWS);
        panels.dotScalar(panel, inputs[t], scale, offset, w, y, 0);
      }
      int target = packed.product.start() + t * packed.product.stride() + row;
      System.arraycopy(y, 0, packed.product.y(), target, rows);
    }
  }

  private void several() {
    int tiles = Math.ceilDiv(tokens, Tile.TOKENS);
    float[] inputs = workers.shared().inputs(tiles * Tile.TOKENS * columns);
    int chunk = tiles < 4 ? tiles : Math.ceilDiv(tiles, 4 * workers.threads());
    workers.run(
        Math.ceilDiv(tiles, chunk),
        (part, worker) -> {
          for (int tile = part * chunk; tile < Math.min(tiles, (part + 1) * chunk); tile++) {
            packInputs(tile, inputs);
          }
        });
    workers.run(
        units,
        (unit, worker) -> {
          Packed packed = of(unit);
          group(packed, (unit - packed.firstUnit) * Tile.PANELS, inputs, workers.scratch(worker));
        });
  }

  /// Inputs of a tile, interleaved: `[columns, Tile.TOKENS]`, zero past the last token.
  private void packInputs(int tile, float[] inputs) {
    int base = tile * Tile.TOKENS * columns;
    for (int i = 0; i < Tile.TOKENS; i++) {
      int token = tile * Tile.TOKENS + i;
      if (token < tokens) {
        int source = token * columns;
        for (int k = 0; k < columns; k++) {
          inputs[base + k * Tile.TOKENS + i] = x[source + k];
        }
      } else {
        for (int k = 0; k < columns; k++) {
          inputs[base + k * Tile.TOKENS + i] = 0;
        }
      }
    }
  }

  private void group(Packed packed, int panel, float[] inputs, Scratch scratch) {
    Panels panels = packed.matrix.panels();
    int count = Math.min(Tile.PANELS, packed.matrix.panelCount() - panel);
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
      tiles(packed, panel, inputs, from, to, w, size, scratch.tile());
    }
  }

  private void tiles(
      Packed packed, int panel, float[] inputs, int from, int to, float[] w, int size, float[] y) {
    Product product = packed.product;
    int row = panel * Panels.ROWS;
    int rows = Math.min(Tile.ROWS, packed.matrix.rows() - row);
    boolean first = from == 0;
    for (int token = 0; token < tokens; token += Tile.TOKENS) {
      int input = token * columns + from * Tile.TOKENS;
      int target = product.start() + token * product.stride() + row;
      int count = Math.min(Tile.TOKENS, tokens - token);
      if (first) {
        clear(product, target, count, rows);
      }
      if (count == Tile.TOKENS && rows == Tile.ROWS) {
        Tile.multiply(inputs, input, w, size, to - from, product.y(), target, product.stride());
      } else {
        // The edge goes through a tile of its own, so that nothing is written past it.
        Arrays.fill(y, 0);
        Tile.multiply(inputs, input, w, size, to - from, y, 0, Tile.ROWS);
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

  private Packed of(int unit) {
    for (Packed packed : products) {
      if (unit < packed.firstUnit + packed.units) {
        return packed;
      }
    }
    throw new IndexOutOfBoundsException(unit);
  }
}
