package dev.freehold.model.layer;

import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.Matrix;
import dev.freehold.tensor.Matrix.Product;
import dev.freehold.tensor.Matrix.Share;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A mixture of experts (Shazeer et al., arXiv 1701.06538): a router chooses for each row a few
/// feed-forward networks, whose results are added in proportion to what it gave them.
///
/// @param router `[experts, embeddingLength]`
/// @param routing how the router's numbers become a choice
/// @param experts the networks
/// @param scales `[experts]`: multiplies what each adds, or null
/// @param shared a network that every row goes through beside them, or null
public record Experts(
    Linear router,
    Routing routing,
    List<? extends PositionWise> experts,
    float @Nullable [] scales,
    @Nullable Shared shared)
    implements Mixer {

  /// An expert that every row goes through.
  ///
  /// @param network the network
  /// @param gate `[1, embeddingLength]`: its results are multiplied by `sigmoid(gate · x)`; null
  ///   leaves them
  public record Shared(FeedForward network, @Nullable Linear gate) {}

  /// Which rows go through which expert. A pair is a row and one of its experts; pairs of one
  /// expert follow each other.
  ///
  /// @param starts where each expert's pairs begin, and at last where they end
  /// @param rows the row of each pair
  /// @param experts the expert of each pair
  /// @param weights what its result is multiplied by
  /// @param pairs the pairs of each row, `[rows, used]`
  private record Assignment(
      int[] starts, int[] rows, int[] experts, float[] weights, int[] pairs) {}

  @Override
  public void apply(float[] x, float[] y, Rows rows, int layer, Workspace workspace) {
    apply(x, x, y, rows.count(), workspace);
  }

  /// Writes the results of `count` rows of `x` to `y`, by experts that the router chooses looking
  /// at `routed`.
  void apply(float[] routed, float[] x, float[] y, int count, Workspace workspace) {
    int width = router.weight().columns();
    int used = routing.used();
    Assignment assignment = assign(routed, count, workspace);
    int pairs = count * used;
    float[] gathered = workspace.gathered.of(pairs * width);
    float[] results = workspace.results.of(pairs * width);
    workspace.eachRow(
        pairs,
        16,
        pair -> System.arraycopy(x, assignment.rows[pair] * width, gathered, pair * width, width));
    float[] between = between(gathered, assignment, workspace);
    Matrix.multiply(
        workspace.workers,
        between,
        shares(
            assignment,
            (expert, from) ->
                List.of(new Product(down(expert).weight(), results, from * width, width))));
    workspace.eachRow(
        count,
        8,
        row -> {
          java.util.Arrays.fill(y, row * width, (row + 1) * width, 0);
          for (int i = row * used; i < (row + 1) * used; i++) {
            int pair = assignment.pairs[i];
            down(assignment.experts[pair]).addBias(results, pair, workspace);
            addScaled(y, row * width, results, pair * width, width, assignment.weights[pair]);
          }
        });
    if (shared != null) {
      addShared(shared, x, y, count, workspace);
    }
  }

  private Linear down(int expert) {
    return switch (experts.get(expert)) {
      case FeedForward network -> network.down();
      case Perceptron network -> network.down();
    };
  }

  /// What lies between an expert's matrices for each pair, bent.
  private float[] between(float[] gathered, Assignment assignment, Workspace workspace) {
    int pairs = assignment.rows.length;
    int inner = down(0).weight().columns();
    float[] gates = workspace.gate.of(pairs * inner);
    float[] ups = workspace.up.of(pairs * inner);
    Matrix.multiply(
        workspace.workers,
        gathered,
        shares(
            assignment,
            (expert, from) ->
                switch (experts.get(expert)) {
                  case FeedForward network ->
                      List.of(
                          new Product(network.gate().weight(), gates, from * inner, inner),
                          new Product(network.up().weight(), ups, from * inner, inner));
                  case Perceptron network ->
                      List.of(new Product(network.up().weight(), gates, from * inner, inner));
                }));
    workspace.eachRow(
        pairs,
        4,
        pair -> {
          switch (experts.get(assignment.experts[pair])) {
            case FeedForward network -> {
              network.gate().addBias(gates, pair, workspace);
              network.up().addBias(ups, pair, workspace);
              workspace.kernels.gate(network.activation(), gates, ups, pair * inner, inner);
            }
            case Perceptron network -> {
              network.up().addBias(gates, pair, workspace);
              workspace.kernels.activate(network.activation(), gates, pair * inner, inner);
            }
          }
        });
    return gates;
  }

  private interface Products {
    List<Product> of(int expert, int from);
  }

  private static List<Share> shares(Assignment assignment, Products products) {
    List<Share> shares = new ArrayList<>();
    for (int expert = 0; expert + 1 < assignment.starts.length; expert++) {
      int from = assignment.starts[expert];
      int taken = assignment.starts[expert + 1] - from;
      if (taken > 0) {
        shares.add(new Share(from, taken, products.of(expert, from)));
      }
    }
    return shares;
  }

  private Assignment assign(float[] routed, int count, Workspace workspace) {
    int size = experts.size();
    int used = routing.used();
    float[] scores = workspace.scores.of(count * size);
    workspace.multiply(routed, count, router.product(scores, size));
    Routing.Choice[] choices = new Routing.Choice[count];
    workspace.eachRow(
        count,
        8,
        row -> {
          router.addBias(scores, row, workspace);
          choices[row] = routing.choose(scores, row * size, size);
        });
    int[] starts = new int[size + 1];
    for (Routing.Choice choice : choices) {
      for (int expert : choice.experts()) {
        starts[expert + 1]++;
      }
    }
    for (int expert = 0; expert < size; expert++) {
      starts[expert + 1] += starts[expert];
    }
    int[] next = starts.clone();
    int[] rows = new int[count * used];
    int[] chosen = new int[rows.length];
    float[] weights = new float[rows.length];
    int[] pairs = new int[rows.length];
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < used; i++) {
        int expert = choices[row].experts()[i];
        int pair = next[expert]++;
        rows[pair] = row;
        chosen[pair] = expert;
        weights[pair] = choices[row].weights()[i] * (scales == null ? 1 : scales[expert]);
        pairs[row * used + i] = pair;
      }
    }
    return new Assignment(starts, rows, chosen, weights, pairs);
  }

  private static void addShared(
      Shared shared, float[] x, float[] y, int count, Workspace workspace) {
    int width = shared.network.down().weight().rows();
    float[] results = workspace.results.of(count * width);
    shared.network.apply(x, results, count, workspace);
    Linear gate = shared.gate;
    float[] gates = workspace.scores.of(count);
    if (gate != null) {
      workspace.multiply(x, count, gate.product(gates, 1));
    }
    for (int row = 0; row < count; row++) {
      float weight = gate == null ? 1 : (float) (1 / (1 + Math.exp(-gates[row])));
      addScaled(y, row * width, results, row * width, width, weight);
    }
  }

  private static void addScaled(
      float[] y, int at, float[] results, int start, int width, float weight) {
    for (int i = 0; i < width; i++) {
      y[at + i] += weight * results[start + i];
    }
  }
}
