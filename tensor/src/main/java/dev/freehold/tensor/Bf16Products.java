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

  // Most weights that are laid out at once; they stay in the third-level cache.
  static final int MOST = 1 << 21;

  // Most bytes of inputs that are taken through all weights: they stay in the second-level cache.
  private static final int NEAR = 1 << 19;

  // Most bytes of numbers that factors learn from at once, for the same reason.
  private static final int OUTER = 3 << 18;

  private final Workers workers;
  private final Bf16Kernels kernels;
  private final Area inputs = new Area();
  private final Area stretch = new Area();
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

  /// Panels of a product that are multiplied together.
  private record Group(Beside beside, int panel) {
    int width() {
      return Math.min(Bf16Kernels.COLUMNS, beside.matrix.rows() - panel * Panels.ROWS);
    }
  }

  /// A product with its matrix and where a row of its inputs begins, in bytes. What a pair makes of
  /// the inputs stands in the same rows, so that it is part of the same sums: the first pair's
  /// before the inputs, those of others behind them.
  ///
  /// @param begin where the part of a row begins that is multiplied
  /// @param own where what the pair makes begins
  private record Beside(Adapted adapted, PackedMatrix matrix, long begin, long own) {}

  static int bytes(int numbers) {
    return whole(numbers, Bf16Kernels.BLOCK) * 2;
  }

  private void round(FloatRows x, int count, int columns, Rows rows) {
    kernels.round(x, count, columns, rows.segment(), rows.at(), rows.stride());
  }

  /// Computes several products of the same inputs, as [Matrix#multiply] does.
  public void multiply(FloatRows x, int tokens, Product... products) {
    multiply(
        x,
        tokens,
        Stream.of(products).map(product -> new Adapted(product, null, new float[0])).toList());
  }

  /// The same with pairs beside some of the matrices.
  public void multiply(FloatRows x, int tokens, List<Adapted> products) {
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
          round(x.from(token, 0), count, columns, rounded);
          for (Beside one : all) {
            Bf16Pair pair = one.adapted.pair;
            if (pair != null) {
              FloatRows u = own.get(worker).narrow(pair);
              pair.narrow(own.get(worker).tiles, true, rounded, 0, columns, count, u);
              pair.scale(u, count);
              pair.turn(u, count, one.adapted.turned, token, tokens);
              round(u, count, pair.stride(), a.from(token, one.own));
            }
          }
        });
    List<Group> groups = new ArrayList<>();
    for (Beside one : all) {
      for (int panel = 0; panel < one.matrix.panelCount(); panel += Bf16Kernels.PANELS) {
        groups.add(new Group(one, panel));
      }
    }
    long gap = end - lead - bytes(columns); // at the most
    for (int from = 0; from < columns; from += STRETCH) {
      int to = Math.min(columns, from + STRETCH);
      int atOnce = Math.max(1, MOST / Bf16Kernels.COLUMNS / (to - from));
      long most = Bf16Layouts.pairs(to - from) + (lead + gap) / 4;
      for (int group = 0; group < groups.size(); group += atOnce) {
        List<Group> some = groups.subList(group, Math.min(groups.size(), group + atOnce));
        Rows b = stretch.of(some.size() * Bf16Kernels.PANELS, most * Bf16Kernels.PAIR);
        new Stretch(some, columns, from, to, lead).multiply(a, b, tokens);
      }
    }
  }

  static PackedMatrix packed(Matrix matrix) {
    return switch (matrix) {
      case PackedMatrix packed -> packed;
      case MappedMatrix _ ->
          throw new IllegalArgumentException("matrices have to be packed for products in bf16");
    };
  }

  /// Tokens at once: what is read again for each group of columns stays in the second-level cache,
  /// and no thread is left without work.
  static int chunk(Workers workers, int groups, int tokens, int reduction) {
    int most = Math.max(1, NEAR / bytes(reduction) / Bf16Kernels.ROWS) * Bf16Kernels.ROWS;
    int fewest = Math.ceilDiv(4 * workers.threads(), groups);
    int chunks = Math.clamp(fewest, Math.ceilDiv(tokens, most), Math.ceilDiv(tokens, 32));
    return whole(Math.ceilDiv(tokens, chunks), Bf16Kernels.ROWS);
  }

  private static int pairs(@Nullable Bf16Pair pair) {
    return pair == null ? 0 : (int) (pair.bytes() / 4);
  }

  /// A stretch of the reduction of some groups of panels.
  private final class Stretch {
    private final List<Group> groups;
    private final int columns;
    private final int from;
    private final int to;
    private final long lead; // bytes of a row before the inputs

    Stretch(List<Group> groups, int columns, int from, int to, long lead) {
      this.groups = groups;
      this.columns = columns;
      this.from = from;
      this.to = to;
      this.lead = lead;
    }

    /// Lays all panels out, on all threads, then multiplies: a thread takes some tokens through all
    /// groups, so that those are read from near.
    void multiply(Rows a, Rows b, int tokens) {
      workers.run(
          groups.size() * Bf16Kernels.PANELS,
          (number, worker) -> {
            Group group = groups.get(number / Bf16Kernels.PANELS);
            int panel = number % Bf16Kernels.PANELS;
            if (panel * Panels.ROWS < group.width()) {
              layOut(group.beside, group.panel + panel, b.from(number, 0), own.get(worker).weights);
            }
          });
      int chunk = chunk(workers, groups.size(), tokens, to - from);
      workers.run(
          Math.ceilDiv(tokens, chunk) * groups.size(),
          (part, worker) -> {
            int token = part / groups.size() * chunk;
            int number = part % groups.size();
            Group group = groups.get(number);
            Product product = group.beside.adapted.product;
            FloatRows y = new FloatRows(product.y(), product.start(), product.stride());
            long begin = from == 0 ? group.beside.begin : lead + from * 2L;
            own.get(worker)
                .tiles
                .multiply(
                    a.from(token, begin),
                    b.from((long) number * Bf16Kernels.PANELS, 0),
                    y.from(token, group.panel * Panels.ROWS),
                    reduction(group.beside),
                    Math.min(chunk, tokens - token),
                    group.width(),
                    from > 0);
          });
    }

    private @Nullable Bf16Pair before(Beside beside) {
      return from == 0 && beside.own == 0 ? beside.adapted.pair : null;
    }

    private @Nullable Bf16Pair behind(Beside beside) {
      return to == columns && beside.own > 0 ? beside.adapted.pair : null;
    }

    /// Pairs that other low-rank pairs take between the inputs and what this one makes.
    private int gap(Beside beside) {
      return (int) (beside.own - lead - bytes(columns)) / 4;
    }

    private int reduction(Beside beside) {
      Bf16Pair behind = behind(beside);
      return pairs(before(beside))
          + Bf16Layouts.pairs(to - from)
          + (behind == null ? 0 : gap(beside) + pairs(behind));
    }

    private void layOut(Beside beside, int panel, Rows target, Bf16Weights weights) {
      Bf16Pair before = before(beside);
      if (before != null) {
        before.copyUp(panel, target);
      }
      long at = pairs(before) * (long) Bf16Kernels.PAIR;
      weights.straight(beside.matrix, panel, from, to, target.from(0, at));
      Bf16Pair behind = behind(beside);
      if (behind != null) {
        at += Bf16Layouts.pairs(to - from) * (long) Bf16Kernels.PAIR;
        long gap = gap(beside) * (long) Bf16Kernels.PAIR;
        target.segment().asSlice(target.at() + at, gap).fill((byte) 0);
        behind.copyUp(panel, target.from(0, at + gap));
      }
    }
  }

  /// Takes gradients back through a matrix, as [Matrix#addTransposed] does.
  public void addTransposed(Matrix matrix, FloatRows dy, int tokens, FloatRows dx) {
    back(List.of(new Returned(matrix, null, dy, new float[0])), tokens, dx, true);
  }

  /// A matrix that gradients go back through.
  ///
  /// @param pair beside it, null where there is none
  /// @param dy of its outputs
  /// @param turned receives what the pair makes of `dy`, scaled, `[rank, tokens]`; not touched
  ///   without a pair
  public record Returned(Matrix matrix, @Nullable Bf16Pair pair, FloatRows dy, float[] turned) {}

  /// Takes gradients back through matrices that have the same inputs, as [Matrix#addTransposed]
  /// does, and through the pairs beside them.
  ///
  /// @param dx null where nobody wants it
  /// @param adds whether what `dx` holds is added to
  public void back(List<Returned> matrices, int tokens, @Nullable FloatRows dx, boolean adds) {
    back.run(matrices, tokens, dx, adds);
  }

  /// A pair's factor that learns.
  ///
  /// @param turned what the pair's other factor made, `[rank, tokens]`
  /// @param gradient `[rank, columns]`, added to
  public record Learnt(float[] turned, int rank, FloatRows gradient) {}

  /// Numbers that factors learn from.
  ///
  /// @param numbers inputs or gradients of outputs, `[tokens, columns]`
  public record Outer(FloatRows numbers, int columns, List<Learnt> factors) {}

  /// Some columns of what factors learn from.
  ///
  /// @param inputs row of the first factor among the rounded ones
  private record Columns(Outer outer, long inputs, int from, int count) {}

  /// Adds the gradients of factors, `turned · numbers` for each.
  public void addOuter(List<Outer> all, int tokens) {
    int reduction = 2 * Bf16Layouts.pairs(tokens);
    int most = Math.max(1, OUTER / bytes(reduction) / Bf16Kernels.COLUMNS) * Bf16Kernels.COLUMNS;
    int height =
        all.stream()
            .flatMap(outer -> outer.factors.stream())
            .mapToInt(one -> whole(one.rank, Bf16Kernels.ROWS))
            .max()
            .orElse(0);
    int count = all.stream().mapToInt(outer -> outer.factors.size()).sum();
    Rows rounded = inputs.of(height * count, bytes(reduction));
    List<Columns> parts = new ArrayList<>();
    long row = 0;
    for (Outer outer : all) {
      int stretches = Math.ceilDiv(outer.columns, most);
      int width = whole(Math.ceilDiv(outer.columns, stretches), Bf16Kernels.COLUMNS);
      for (int from = 0; from < outer.columns; from += width) {
        parts.add(new Columns(outer, row, from, Math.min(width, outer.columns - from)));
      }
      for (Learnt one : outer.factors) {
        round(FloatRows.of(one.turned, tokens), one.rank, tokens, rounded.from(row, 0));
        row += height;
      }
    }
    workers.run(
        parts.size(),
        (part, worker) -> {
          Bf16Thread mine = own.get(worker);
          Columns some = parts.get(part);
          FloatRows numbers = some.outer.numbers.from(0, some.from);
          mine.layouts.right(mine.panels, numbers, tokens, some.count, reduction);
          Rows b = mine.panels.rows();
          for (int i = 0; i < some.outer.factors.size(); i++) {
            Learnt one = some.outer.factors.get(i);
            Rows a = rounded.from(some.inputs + (long) i * height, 0);
            FloatRows c = one.gradient.from(0, some.from);
            mine.tiles.multiply(a, b, c, reduction / 2, one.rank, some.count, true);
          }
        });
  }
}
