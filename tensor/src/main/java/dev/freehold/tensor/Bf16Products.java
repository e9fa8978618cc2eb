package dev.freehold.tensor;

import static dev.freehold.tensor.Bf16Layouts.whole;
import static dev.freehold.tensor.Bf16Thread.ROUNDED;

import dev.freehold.tensor.Bf16Kernels.Rows;
import dev.freehold.tensor.Bf16Layouts.Area;
import dev.freehold.tensor.Matrix.Product;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Products with frozen matrices, and with low-rank pairs beside them, in mixed precision, as
/// training usually has them: weights and what they are multiplied with are rounded to bf16, sums
/// are single precision.
///
/// Weights are turned from quants into bf16 once for all tokens of a product. Each sum takes the
/// reduction in an order that the kernels fix, in stretches that follow from the shapes alone, so
/// that results do not depend on the number of threads. Belongs to one thread, as its workers do.
public final class Bf16Products {

  // Along the reduction, so that three panels stay in the second-level cache.
  static final int STRETCH = 2048;

  private final Workers workers;
  private final Bf16Kernels kernels;
  private final Area inputs = new Area();
  private final List<Bf16Thread> own = new ArrayList<>();
  private final Bf16Return back;

  /// Whether this processor multiplies bf16 numbers and this system lets us have it do so.
  public static boolean available() {
    return MachineBf16Kernels.available();
  }

  /// @throws IllegalStateException where they are not [#available()]
  public Bf16Products(Workers workers) {
    this(workers, MachineBf16Kernels.get());
  }

  Bf16Products(Workers workers, Bf16Kernels kernels) {
    this.workers = workers;
    this.kernels = kernels;
    for (int i = 0; i < workers.threads(); i++) {
      own.add(new Bf16Thread(kernels, workers.scratch(i)));
    }
    back = new Bf16Return(workers, kernels, own);
  }

  /// A product and the pair whose product is added to it.
  ///
  /// @param pair null where there is none
  /// @param turned receives what the pair makes of the inputs, scaled, `[rank, tokens]`; not
  ///   touched without a pair
  public record Adapted(Product product, @Nullable Bf16Pair pair, float[] turned) {}

  /// Panels of a product that one thread computes for some tokens.
  private record Part(Beside beside, int panel, int token, int tokens) {}

  /// A product with its matrix and where a row of its inputs begins, in bytes. What a pair makes of
  /// the inputs stands in the same rows, so that it is part of the same sums: the first pair's
  /// before the inputs, those of others behind them.
  ///
  /// @param begin where the part of a row begins that is multiplied
  /// @param own where what the pair makes begins
  private record Beside(Adapted adapted, PackedMatrix matrix, long begin, long own) {
    int columns() {
      return matrix.columns();
    }

    /// The pair, if its part of a row stands before the inputs.
    @Nullable Bf16Pair before() {
      return own == 0 ? adapted.pair : null;
    }

    /// The pair, if its part of a row stands behind the inputs.
    @Nullable Bf16Pair behind() {
      return own > 0 ? adapted.pair : null;
    }
  }

  static long bytes(int numbers) {
    return whole(numbers, Bf16Kernels.BLOCK) * 2L;
  }

  private void round(FloatRows x, int count, int columns, Rows rows) {
    kernels.round(x, count, columns, rows.segment(), rows.at(), rows.stride());
  }

  /// Computes several products of the same inputs, as [Matrix#multiply] does.
  public void multiply(float[] x, int tokens, Product... products) {
    multiply(
        x,
        tokens,
        Stream.of(products).map(product -> new Adapted(product, null, new float[0])).toList());
  }

  /// The same with pairs beside some of the matrices.
  public void multiply(float[] x, int tokens, List<Adapted> products) {
    int columns = products.getFirst().product.matrix().columns();
    List<Beside> all = new ArrayList<>();
    Bf16Pair first = products.getFirst().pair;
    long lead = first == null ? 0 : first.bytes();
    long end = lead + bytes(columns);
    for (Adapted adapted : products) {
      boolean leads = adapted.pair != null && all.isEmpty();
      PackedMatrix matrix = packed(adapted.product.matrix());
      all.add(new Beside(adapted, matrix, leads ? 0 : lead, leads ? 0 : end));
      end += adapted.pair == null || leads ? 0 : adapted.pair.bytes();
    }
    Rows a = inputs.of(whole(tokens, Bf16Kernels.ROWS), end);
    workers.run(
        Math.ceilDiv(tokens, ROUNDED),
        (part, worker) -> {
          int token = part * ROUNDED;
          int count = Math.min(ROUNDED, tokens - token);
          Rows rounded = a.from(token, lead);
          round(FloatRows.of(x, columns).from(token, 0), count, columns, rounded);
          for (Beside one : all) {
            Bf16Pair pair = one.adapted.pair;
            if (pair != null) {
              FloatRows u = own.get(worker).narrow(pair.width());
              pair.narrow(own.get(worker).tiles, true, rounded, 0, columns, count, u);
              pair.scale(u, count);
              pair.turn(u, count, one.adapted.turned, token, tokens);
              round(u, count, pair.width(), a.from(token, one.own));
            }
          }
        });
    List<Part> parts = new ArrayList<>();
    all.forEach(one -> cut(one, tokens, parts));
    workers.run(
        parts.size(), (number, worker) -> part(parts.get(number), a, lead, own.get(worker)));
  }

  private static PackedMatrix packed(Matrix matrix) {
    return switch (matrix) {
      case PackedMatrix packed -> packed;
      case MappedMatrix _ ->
          throw new IllegalArgumentException("matrices have to be packed for products in bf16");
    };
  }

  private void cut(Beside beside, int tokens, List<Part> parts) {
    int panels = beside.matrix.panelCount();
    int chunk = chunk(workers, Math.ceilDiv(panels, Bf16Kernels.PANELS), tokens);
    for (int panel = 0; panel < panels; panel += Bf16Kernels.PANELS) {
      for (int token = 0; token < tokens; token += chunk) {
        parts.add(new Part(beside, panel, token, Math.min(chunk, tokens - token)));
      }
    }
  }

  /// Tokens at once, fewer where the groups of columns alone would leave threads without work.
  static int chunk(Workers workers, int groups, int tokens) {
    int most = Math.ceilDiv(tokens, 64);
    int chunks = Math.clamp(Math.ceilDiv(4 * workers.threads(), groups), 1, most);
    return whole(Math.ceilDiv(tokens, chunks), Bf16Kernels.ROWS);
  }

  /// @param lead where inputs begin in a row of `a`, in bytes
  private void part(Part part, Rows a, long lead, Bf16Thread mine) {
    Beside beside = part.beside;
    int columns = beside.columns();
    long gap = Math.max(0, beside.own - lead - bytes(columns)); // of other pairs
    int longest = Math.min(STRETCH, whole(columns, 2 * Bf16Kernels.PAIRS));
    int most = longest / 2 + pairs(beside.before()) + (int) (gap / 4) + pairs(beside.behind());
    Rows b = mine.panels.of(Bf16Kernels.PANELS, most * (long) Bf16Kernels.PAIR);
    Product product = beside.adapted.product;
    int row = part.panel * Panels.ROWS;
    int width = Math.min(Bf16Kernels.COLUMNS, beside.matrix.rows() - row);
    FloatRows y =
        new FloatRows(product.y(), product.start(), product.stride()).from(part.token, row);
    for (int from = 0; from < columns; from += STRETCH) {
      int to = Math.min(columns, from + STRETCH);
      Bf16Pair before = from == 0 ? beside.before() : null;
      Bf16Pair behind = to == columns ? beside.behind() : null;
      int pairs = pairs(before) + Bf16Layouts.pairs(to - from);
      for (int p = 0; p < Bf16Tiles.panels(width); p++) {
        Rows panel = b.from(p, 0);
        if (before != null) {
          before.copyUp(part.panel + p, panel);
        }
        long at = pairs(before) * (long) Bf16Kernels.PAIR;
        mine.weights.straight(beside.matrix, part.panel + p, from, to, panel.from(0, at));
        if (behind != null) {
          at = pairs * (long) Bf16Kernels.PAIR;
          long wide = gap / 4 * Bf16Kernels.PAIR;
          panel.segment().asSlice(panel.at() + at, wide).fill((byte) 0);
          behind.copyUp(part.panel + p, panel.from(0, at + wide));
        }
      }
      pairs += behind == null ? 0 : (int) (gap / 4) + pairs(behind);
      long begin = from == 0 ? beside.begin : lead + from * 2L;
      Rows stretched = a.from(part.token, begin);
      mine.tiles.multiply(stretched, b, y, pairs, part.tokens, width, from > 0);
    }
  }

  private static int pairs(@Nullable Bf16Pair pair) {
    return pair == null ? 0 : (int) (pair.bytes() / 4);
  }

  /// Takes gradients back through a matrix, as [Matrix#addTransposed] does.
  public void addTransposed(Matrix matrix, FloatRows dy, int tokens, FloatRows dx) {
    back(matrix, null, dy, tokens, dx, true, new float[0]);
  }

  /// Takes gradients back through a matrix, as [Matrix#addTransposed] does, and through the pair
  /// beside it.
  ///
  /// @param pair null where there is none
  /// @param dx null where nobody wants it
  /// @param adds whether what `dx` holds is added to
  /// @param turned what the pair makes of `dy`, scaled, `[rank, tokens]`; not touched without a
  ///   pair
  public void back(
      Matrix matrix,
      @Nullable Bf16Pair pair,
      FloatRows dy,
      int tokens,
      @Nullable FloatRows dx,
      boolean adds,
      float[] turned) {
    back.run(packed(matrix), pair, dy, tokens, dx, adds, turned);
  }

  /// Adds the gradient of a pair's factor, `turned · numbers`.
  ///
  /// @param turned what the pair's other factor made, `[rank, tokens]`
  /// @param numbers inputs or gradients of outputs, `[tokens, columns]`
  /// @param gradient `[rank, columns]`
  public void addOuter(
      float[] turned, int rank, FloatRows numbers, int tokens, int columns, FloatRows gradient) {
    int reduction = 2 * Bf16Layouts.pairs(tokens);
    Rows a = inputs.of(whole(rank, Bf16Kernels.ROWS), bytes(reduction));
    round(FloatRows.of(turned, tokens), rank, tokens, a);
    workers.run(
        Math.ceilDiv(columns, Bf16Kernels.COLUMNS),
        (part, worker) -> {
          Bf16Thread mine = own.get(worker);
          int column = part * Bf16Kernels.COLUMNS;
          int width = Math.min(Bf16Kernels.COLUMNS, columns - column);
          mine.layouts.right(mine.panels, numbers.from(0, column), tokens, width, reduction);
          Rows b = mine.panels.rows();
          FloatRows c = gradient.from(0, column);
          mine.tiles.multiply(a, b, c, reduction / 2, rank, width, true);
        });
  }
}
