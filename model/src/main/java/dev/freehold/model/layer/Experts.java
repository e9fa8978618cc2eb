package dev.freehold.model.layer;

import dev.freehold.model.layer.Weights.Linear;
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

  /// Which rows go through which expert.
  ///
  /// @param starts where each expert's rows begin, and at last where they end
  /// @param rows the rows, expert by expert
  /// @param weights what their results are multiplied by
  private record Assignment(int[] starts, int[] rows, float[] weights) {}

  @Override
  public void apply(float[] x, float[] y, Rows rows, int layer, Workspace workspace) {
    apply(x, x, y, rows.count(), workspace);
  }

  /// Writes the results of `count` rows of `x` to `y`, by experts that the router chooses looking
  /// at `routed`.
  void apply(float[] routed, float[] x, float[] y, int count, Workspace workspace) {
    int width = router.weight().columns();
    Assignment assignment = assign(routed, count, workspace);
    java.util.Arrays.fill(y, 0, count * width, 0);
    float[] gathered = workspace.gathered.of(count * width);
    float[] results = workspace.results.of(count * width);
    for (int expert = 0; expert < experts.size(); expert++) {
      int from = assignment.starts[expert];
      int taken = assignment.starts[expert + 1] - from;
      if (taken > 0) {
        workspace.eachRow(
            taken,
            16,
            i ->
                System.arraycopy(x, assignment.rows[from + i] * width, gathered, i * width, width));
        experts.get(expert).apply(gathered, results, taken, workspace);
        workspace.eachRow(
            taken,
            16,
            i ->
                addScaled(
                    y,
                    assignment.rows[from + i] * width,
                    results,
                    i * width,
                    width,
                    assignment.weights[from + i]));
      }
    }
    if (shared != null) {
      addShared(shared, x, y, count, workspace);
    }
  }

  private Assignment assign(float[] routed, int count, Workspace workspace) {
    int size = experts.size();
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
    int[] rows = new int[starts[size]];
    float[] weights = new float[rows.length];
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < choices[row].experts().length; i++) {
        int expert = choices[row].experts()[i];
        int at = next[expert]++;
        rows[at] = row;
        weights[at] = choices[row].weights()[i] * (scales == null ? 1 : scales[expert]);
      }
    }
    return new Assignment(starts, rows, weights);
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
