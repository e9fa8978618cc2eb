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

  /// Tokens whose results stay near until the pair's are added.
  static final int NEAR = 128;

  private final Workers workers;
  private final Bf16Kernels kernels;
  private final Area inputs = new Area();
  private final List<Area> narrowed = new ArrayList<>();
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
  ///
  /// @param narrow what the pair made of the inputs, null where there is none
  private record Part(
      Adapted adapted,
      PackedMatrix matrix,
      @Nullable Rows narrow,
      int panel,
      int token,
      int tokens) {}

  static long bytes(int numbers) {
    return whole(numbers, Bf16Kernels.BLOCK) * 2L;
  }

  private Rows inputs(int tokens, int columns) {
    return inputs.of(whole(tokens, Bf16Kernels.ROWS), bytes(columns));
  }

  private Rows narrowed(int number, int tokens, Bf16Pair pair) {
    while (narrowed.size() <= number) {
      narrowed.add(new Area());
    }
    return narrowed.get(number).of(whole(tokens, Bf16Kernels.ROWS), bytes(pair.width()));
  }

  private void round(FloatRows x, int token, int count, int columns, Rows target) {
    Rows rows = target.from(token, 0);
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
    List<Part> parts = new ArrayList<>();
    int columns = products.getFirst().product.matrix().columns();
    List<Bf16Pair> pairs = new ArrayList<>();
    List<float[]> turned = new ArrayList<>();
    List<Rows> narrows = new ArrayList<>();
    for (Adapted adapted : products) {
      Bf16Pair pair = adapted.pair;
      Rows mine = null;
      if (pair != null) {
        mine = narrowed(pairs.size(), tokens, pair);
        pairs.add(pair);
        turned.add(adapted.turned);
        narrows.add(mine);
      }
      cut(adapted, mine, tokens, parts);
    }
    Rows a = inputs(tokens, columns);
    workers.run(
        Math.ceilDiv(tokens, ROUNDED),
        (part, worker) -> {
          int token = part * ROUNDED;
          int count = Math.min(ROUNDED, tokens - token);
          round(FloatRows.of(x, columns).from(token, 0), token, count, columns, a);
          for (int i = 0; i < pairs.size(); i++) {
            Bf16Pair pair = pairs.get(i);
            FloatRows u = own.get(worker).narrow(pair.width());
            Rows rows = a.from(token, 0);
            pair.narrow(own.get(worker).tiles, true, rows, 0, columns, count, u);
            pair.scale(u, count);
            pair.turn(u, count, turned.get(i), token, tokens);
            round(u, token, count, pair.width(), narrows.get(i));
          }
        });
    workers.run(
        parts.size(), (number, worker) -> part(parts.get(number), a, columns, own.get(worker)));
  }

  private static PackedMatrix packed(Matrix matrix) {
    return switch (matrix) {
      case PackedMatrix packed -> packed;
      case MappedMatrix _ ->
          throw new IllegalArgumentException("matrices have to be packed for products in bf16");
    };
  }

  private void cut(Adapted adapted, @Nullable Rows narrow, int tokens, List<Part> parts) {
    PackedMatrix matrix = packed(adapted.product.matrix());
    int groups = Math.ceilDiv(matrix.panelCount(), Bf16Kernels.PANELS);
    int chunk = chunk(workers, groups, tokens);
    for (int panel = 0; panel < matrix.panelCount(); panel += Bf16Kernels.PANELS) {
      for (int token = 0; token < tokens; token += chunk) {
        int count = Math.min(chunk, tokens - token);
        parts.add(new Part(adapted, matrix, narrow, panel, token, count));
      }
    }
  }

  /// Tokens at once, fewer where the groups of columns alone would leave threads without work.
  static int chunk(Workers workers, int groups, int tokens) {
    int most = Math.ceilDiv(tokens, 64);
    int chunks = Math.clamp(Math.ceilDiv(4 * workers.threads(), groups), 1, most);
    return whole(Math.ceilDiv(tokens, chunks), Bf16Kernels.ROWS);
  }

  private void part(Part part, Rows a, int columns, Bf16Thread mine) {
    int longest = Math.min(STRETCH, whole(columns, 2 * Bf16Kernels.PAIRS));
    Rows b = mine.panels.of(Bf16Kernels.PANELS, longest / 2 * (long) Bf16Kernels.PAIR);
    Product product = part.adapted.product;
    int row = part.panel * Panels.ROWS;
    int width = Math.min(Bf16Kernels.COLUMNS, part.matrix.rows() - row);
    FloatRows y =
        new FloatRows(product.y(), product.start(), product.stride()).from(part.token, row);
    for (int from = 0; from < columns; from += STRETCH) {
      int to = Math.min(columns, from + STRETCH);
      for (int p = 0; p < Bf16Tiles.panels(width); p++) {
        mine.weights.straight(part.matrix, part.panel + p, from, to, b.from(p, 0));
      }
      int pairs = Bf16Layouts.pairs(to - from);
      Bf16Pair pair = to == columns ? part.adapted.pair : null;
      for (int token = 0; token < part.tokens; token += NEAR) {
        int count = Math.min(NEAR, part.tokens - token);
        FloatRows some = y.from(token, 0);
        Rows stretched = a.from(part.token + token, from * 2L);
        mine.tiles.multiply(stretched, b, some, pairs, count, width, from > 0);
        if (pair != null && part.narrow != null) {
          Rows narrow = part.narrow.from(part.token + token, 0);
          pair.widen(mine.tiles, true, narrow, row, width, count, some);
        }
      }
    }
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
    Rows a = inputs(rank, reduction);
    kernels.round(FloatRows.of(turned, tokens), rank, tokens, a.segment(), a.at(), a.stride());
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
