package dev.freehold.training;

import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.Bf16Pair;
import dev.freehold.tensor.Bf16Products;
import dev.freehold.tensor.Bf16Products.Adapted;
import dev.freehold.tensor.Bf16Products.Learnt;
import dev.freehold.tensor.Bf16Products.Outer;
import dev.freehold.tensor.Bf16Products.Returned;
import dev.freehold.tensor.FloatProduct;
import dev.freehold.tensor.FloatRows;
import dev.freehold.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A frozen matrix and the pair that is trained beside it, if one is (Hu et al., arXiv 2106.09685):
/// `y = W·x + bias + s·B·A·x`. The frozen part has a gradient of its inputs only.
final class AdaptedLinear {

  // Columns of a gradient that a thread takes at once.
  private static final int COLUMNS = 128;

  private final Machinery machinery;
  private final Linear frozen;
  private final @Nullable Pair pair;
  private final Parameters parameters;
  private final int rank;
  private final int padded;
  private final float[] inward; // s·Aᵀ, [in, padded]
  private final float[] outward; // s·B, [out, padded]
  private final @Nullable Bf16Pair brief; // the same where products are in bf16
  private final float[] made; // s·A·x of the last pass forward, turned round, [rank, rows]
  private final float[] returned; // s·dy·B, turned round, [rank, rows]

  AdaptedLinear(
      Machinery machinery, Arena arena, Linear frozen, @Nullable Pair pair, Parameters parameters) {
    this.machinery = machinery;
    this.frozen = frozen;
    this.pair = pair;
    this.parameters = parameters;
    rank = parameters.rank();
    padded = Arena.padded(rank);
    boolean exact = machinery.brief == null;
    inward = new float[pair != null && exact ? pair.in() * padded : 0];
    outward = new float[pair != null && exact ? pair.out() * padded : 0];
    brief = pair == null || exact ? null : new Bf16Pair(pair.in(), pair.out(), rank);
    made = brief == null ? arena.inwardTurned : Arena.array(arena.rows, rank);
    returned = Arena.array(pair == null ? 0 : arena.rows, rank);
  }

  int in() {
    return frozen.weight().columns();
  }

  int out() {
    return frozen.weight().rows();
  }

  boolean adapted() {
    return pair != null;
  }

  /// A product that is asked for.
  ///
  /// @param y `[rows, out]`, written
  record Asked(AdaptedLinear linear, FloatRows y) {
    private Matrix.Product product() {
      return new Matrix.Product(linear.frozen.weight(), y.numbers(), y.start(), y.stride());
    }

    private Adapted adapted(boolean adapted) {
      return new Adapted(product(), adapted ? linear.brief : null, linear.made);
    }
  }

  /// Computes what several make of the same inputs.
  ///
  /// @param x `[rows, in]`
  /// @param adapted whether the pairs take part
  static void multiply(
      Machinery machinery, FloatRows x, int rows, boolean adapted, Asked... asked) {
    Bf16Products products = machinery.brief;
    if (products == null) {
      machinery.multiply(
          x, rows, Stream.of(asked).map(Asked::product).toArray(Matrix.Product[]::new));
    } else {
      products.multiply(x, rows, Stream.of(asked).map(one -> one.adapted(adapted)).toList());
    }
    for (Asked one : asked) {
      one.linear.complete(x, one.y, rows, adapted && products == null);
    }
  }

  /// Lays the pair out as the products need it; to be called whenever it changed.
  void refresh() {
    if (pair == null) {
      return;
    }
    float scale = parameters.scale();
    float[] values = parameters.values;
    if (brief != null) {
      brief.lay(
          new FloatRows(values, pair.a(), pair.in()),
          new FloatRows(values, pair.b(), pair.out()),
          scale);
      return;
    }
    machinery.each(
        pair.in(),
        256,
        (from, to, worker) -> lay(values, pair.a(), pair.in(), scale, inward, from, to));
    machinery.each(
        pair.out(),
        256,
        (from, to, worker) -> lay(values, pair.b(), pair.out(), scale, outward, from, to));
  }

  private void lay(
      float[] values, int start, int width, float scale, float[] target, int from, int to) {
    for (int i = from; i < to; i++) {
      for (int k = 0; k < rank; k++) {
        target[i * padded + k] = scale * values[start + k * width + i];
      }
    }
  }

  /// Adds bias and pair to `y`, `[rows, out]`, which holds the frozen product of `x`.
  private void complete(FloatRows x, FloatRows y, int rows, boolean adapted) {
    float[] bias = frozen.bias();
    Pair own = adapted ? pair : null;
    if (bias == null && own == null) {
      return;
    }
    machinery.eachRows(
        rows,
        (from, to, worker) -> {
          for (int row = from; row < to && bias != null; row++) {
            machinery.kernels.add(y.numbers(), y.at(row), bias, 0, out());
          }
          if (own != null) {
            float[] u = machinery.scratch(worker, Machinery.ROWS * padded);
            FloatRows narrow = multiplied(x.from(from, 0), inward, in(), to - from, u);
            FloatRows b = new FloatRows(parameters.values, own.b(), out());
            FloatProduct.add(narrow, b, y.from(from, 0), to - from, rank, out());
          }
        });
  }

  private FloatRows multiplied(FloatRows x, float[] w, int inner, int rows, float[] u) {
    java.util.Arrays.fill(u, 0, rows * padded, 0);
    FloatRows narrow = FloatRows.of(u, padded);
    FloatProduct.add(x, FloatRows.of(w, padded), narrow, rows, inner, padded);
    return narrow;
  }

  /// A matrix, and its pair if it has one, on the way back.
  ///
  /// @param dy gradient of its outputs, `[rows, out]`
  record Learning(AdaptedLinear linear, FloatRows dy) {
    private Returned returned() {
      return new Returned(linear.frozen.weight(), linear.brief, dy, linear.returned);
    }
  }

  /// Writes to `dx`, `[rows, in]`, or adds to it, what the gradients of the outputs mean for the
  /// inputs, and keeps each `s·dy·B` for [#learn].
  ///
  /// @param dx null where nothing below wants it
  /// @param adds whether what `dx` holds is added to
  static void back(
      Machinery machinery, int rows, @Nullable FloatRows dx, boolean adds, Learning... some) {
    Bf16Products products = machinery.brief;
    if (products != null) {
      products.back(Stream.of(some).map(Learning::returned).toList(), rows, dx, adds);
      return;
    }
    if (dx != null && !adds) {
      machinery.clear(dx, rows);
    }
    for (Learning one : some) {
      one.linear.addBack(one.dy, dx, rows);
    }
  }

  private void addBack(FloatRows dy, @Nullable FloatRows dx, int rows) {
    if (dx != null) {
      machinery.addTransposed(frozen.weight(), dy, rows, dx);
    }
    Pair own = pair;
    if (own == null) {
      return;
    }
    machinery.eachRows(
        rows,
        (from, to, worker) -> {
          float[] u = machinery.scratch(worker, Machinery.ROWS * padded);
          FloatRows narrow = multiplied(dy.from(from, 0), outward, out(), to - from, u);
          turn(u, returned, from, to, rows);
          if (dx != null) {
            FloatRows a = new FloatRows(parameters.values, own.a(), in());
            FloatProduct.add(narrow, a, dx.from(from, 0), to - from, rank, in());
          }
        });
  }

  /// Adds the gradients of pairs beside matrices of the same inputs, after [#back] with the same.
  ///
  /// @param x those inputs in the last pass forward, `[rows, in]`
  static void learn(Machinery machinery, FloatRows x, int rows, Learning... some) {
    Bf16Products products = machinery.brief;
    List<Learnt> inward = new ArrayList<>();
    List<Outer> all = new ArrayList<>();
    for (Learning one : some) {
      AdaptedLinear linear = one.linear;
      Pair pair = linear.pair;
      if (pair == null) {
        continue;
      }
      FloatRows a = new FloatRows(linear.parameters.gradient, pair.a(), pair.in());
      FloatRows b = new FloatRows(linear.parameters.gradient, pair.b(), pair.out());
      if (products == null) {
        linear.makeAgain(x, rows);
        linear.gradient(linear.returned, x, a, rows);
        linear.gradient(linear.made, one.dy, b, rows);
      } else {
        inward.add(new Learnt(linear.returned, linear.rank, a));
        Learnt outward = new Learnt(linear.made, linear.rank, b);
        all.add(new Outer(one.dy, pair.out(), List.of(outward)));
      }
    }
    if (products != null && !inward.isEmpty()) {
      all.add(new Outer(x, some[0].linear.in(), inward));
      products.addOuter(all, rows);
    }
  }

  private void makeAgain(FloatRows x, int rows) {
    machinery.eachRows(
        rows,
        (from, to, worker) -> {
          float[] u = machinery.scratch(worker, Machinery.ROWS * padded);
          multiplied(x.from(from, 0), inward, in(), to - from, u);
          turn(u, made, from, to, rows);
        });
  }

  /// Adds `turned · numbers` to a gradient, all rows of which have its stride's width.
  private void gradient(float[] turned, FloatRows numbers, FloatRows gradient, int rows) {
    int width = gradient.stride();
    machinery.each(
        width,
        COLUMNS,
        (from, to, worker) ->
            FloatProduct.add(
                FloatRows.of(turned, rows),
                numbers.from(0, from),
                gradient.from(0, from),
                rank,
                rows,
                to - from));
  }

  private void turn(float[] u, float[] target, int from, int to, int rows) {
    for (int k = 0; k < rank; k++) {
      for (int row = from; row < to; row++) {
        target[k * rows + row] = u[(row - from) * padded + k];
      }
    }
  }
}
