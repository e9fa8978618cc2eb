package dev.freehold.model.layer;

import org.jspecify.annotations.Nullable;

/// What a layer does to hidden states between its norms: mixes positions, or the numbers of one.
public sealed interface Mixer
    permits Attention,
        BorrowedAttention,
        DeltaNet,
        DenseBesideExperts,
        Experts,
        LatentAttention,
        PerLayerInput,
        PositionWise,
        ShortConvolution {

  /// Writes the results of rows `x` to `y`, both `[rows, embeddingLength]`, and appends what later
  /// rows need to each sequence's state of layer `layer`.
  void apply(float[] x, float[] y, Rows rows, int layer, Workspace workspace);

  /// An empty state, or null where it remembers nothing.
  default @Nullable LayerState newState() {
    return null;
  }
}
