package dev.freehold.model.layer;

import dev.freehold.model.FittedAdapter;
import dev.freehold.model.layer.AdapterWeights.Pair;
import dev.freehold.model.layer.Weights.Projection;
import dev.freehold.tensor.Matrix;
import dev.freehold.tensor.Matrix.Product;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Rows of a pass that have the same adapters at the same scales.
///
/// What is added to a projection `y = W·x` is `scale · B·(A·x)` for each adapter that has a pair
/// for it, computed for these rows alone: rows without adapters are not touched.
///
/// @param uses the adapters, in the order in which they are added
/// @param rows which rows, rising
public record Adapted(List<FittedAdapter.Use> uses, int[] rows) {

  /// Puts rows of the same adapters together, wherever they lie. Not thread-safe.
  public static final class Groups {

    private final Map<List<FittedAdapter.Use>, IntStream.Builder> rows = new LinkedHashMap<>();

    /// No rows yet.
    public Groups() {}

    /// Adds `count` rows from `first`, which lie behind all that were added before.
    public void add(List<FittedAdapter.Use> uses, int first, int count) {
      if (!uses.isEmpty()) {
        IntStream.Builder builder = rows.computeIfAbsent(uses, _ -> IntStream.builder());
        IntStream.range(first, first + count).forEach(builder);
      }
    }

    /// The groups; none where no row has adapters.
    public List<Adapted> all() {
      List<Adapted> all = new ArrayList<>(rows.size());
      rows.forEach((uses, builder) -> all.add(new Adapted(uses, builder.build().toArray())));
      return all;
    }
  }

  /// Adds what the adapters add to projections of the same inputs.
  ///
  /// @param x inputs of all rows of the pass
  void add(float[] x, Projection[] projections, Workspace workspace) {
    float[] own = null;
    int columns = projections[0].linear().weight().columns();
    for (FittedAdapter.Use use : uses) {
      AdapterWeights weights = (AdapterWeights) use.adapter();
      List<Projection> touched = new ArrayList<>(projections.length);
      List<Pair> pairs = new ArrayList<>(projections.length);
      for (Projection projection : projections) {
        Pair pair = weights.at(projection.linear().slot());
        if (pair != null) {
          touched.add(projection);
          pairs.add(pair);
        }
      }
      if (!touched.isEmpty()) {
        own = own == null ? gather(x, columns, workspace) : own;
        add(own, touched, pairs, use.scale(), workspace);
      }
    }
  }

  private float[] gather(float[] x, int columns, Workspace workspace) {
    if (rows[rows.length - 1] == rows.length - 1) {
      return x; // They are the first rows of the pass.
    }
    float[] own = workspace.adapterInputs.of(rows.length * columns);
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(x, rows[i] * columns, own, i * columns, columns);
    }
    return own;
  }

  private void add(
      float[] own, List<Projection> touched, List<Pair> pairs, float scale, Workspace workspace) {
    Product[] down = new Product[pairs.size()];
    for (int i = 0; i < down.length; i++) {
      Matrix a = pairs.get(i).a();
      float[] inner = workspace.adapterInner(i, rows.length * a.rows());
      down[i] = new Product(a, inner, 0, a.rows());
    }
    Matrix.multiply(workspace.workers, own, rows.length, down);
    for (int i = 0; i < down.length; i++) {
      Matrix b = pairs.get(i).b();
      float[] outputs = workspace.adapterOutputs.of(rows.length * b.rows());
      Matrix.multiply(
          workspace.workers, down[i].y(), rows.length, new Product(b, outputs, 0, b.rows()));
      scatter(outputs, b.rows(), touched.get(i), scale * pairs.get(i).scale(), workspace);
    }
  }

  private void scatter(
      float[] outputs, int width, Projection projection, float scale, Workspace workspace) {
    float[] y = projection.y();
    workspace.eachRow(
        rows.length,
        8,
        i -> {
          int from = i * width;
          int to = rows[i] * projection.stride();
          for (int k = 0; k < width; k++) {
            y[to + k] += scale * outputs[from + k];
          }
        });
  }
}
