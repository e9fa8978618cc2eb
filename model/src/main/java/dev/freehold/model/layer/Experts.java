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
/// @param shared a network that every row goes through beside them, or null
public record Experts(
    Linear router, Routing routing, List<FeedForward> experts, @Nullable Shared shared)
    implements Mixer {

  /// An expert that every row goes through.
  ///
  /// @param network the network
  /// @param gate `[1, embeddingLength]`: its results are multiplied by `sigmoid(gate · x)`; null
  ///   leaves them
  public record Shared(FeedForward network, @Nullable Linear gate) {}

  @Override
  public void apply(float[] x, float[] y, Rows rows, int layer, Workspace workspace) {
    int count = rows.count();
    int width = router.weight().columns();
    Routing.Choice[] choices = choose(x, count, workspace);
    java.util.Arrays.fill(y, 0, count * width, 0);
    float[] gathered = workspace.gathered.of(count * width);
    float[] results = workspace.results.of(count * width);
    int[] from = new int[count];
    float[] weights = new float[count];
    for (int expert = 0; expert < experts.size(); expert++) {
      int taken = 0;
      for (int row = 0; row < count; row++) {
        int place = choices[row].placeOf(expert);
        if (place >= 0) {
          System.arraycopy(x, row * width, gathered, taken * width, width);
          weights[taken] = choices[row].weights()[place];
          from[taken++] = row;
        }
      }
      if (taken > 0) {
        experts.get(expert).apply(gathered, results, taken, workspace);
        for (int i = 0; i < taken; i++) {
          addScaled(y, from[i] * width, results, i * width, width, weights[i]);
        }
      }
    }
    if (shared != null) {
      addShared(shared, x, y, count, workspace);
    }
  }

  private Routing.Choice[] choose(float[] x, int count, Workspace workspace) {
    int size = experts.size();
    float[] scores = workspace.scores.of(count * size);
    workspace.multiply(x, count, router.product(scores, size));
    Routing.Choice[] choices = new Routing.Choice[count];
    for (int row = 0; row < count; row++) {
      router.addBias(scores, row, workspace);
      choices[row] = routing.choose(scores, row * size, size);
    }
    return choices;
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
