package dev.freehold.model.layer;

import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Matrix;

/// Lets an embedding that a token has for this layer alone take part (Gemma 3n and 4):
/// `projection(gelu(gate(x)) · embedding)`.
///
/// @param gate `[size, embeddingLength]`
/// @param projection `[embeddingLength, size]`
/// @param layers how many layers have such embeddings
public record PerLayerInput(Linear gate, Linear projection, int layers) implements Mixer {

  /// The embeddings of the rows of a pass, for all layers.
  ///
  /// @param tokens `[vocabularySize, layers · size]`, each of a token for all layers
  /// @param model `[layers · size, embeddingLength]`: what the token's usual embedding adds
  /// @param norm `[size]`: normalisation of what it adds, layer by layer
  /// @param layers how many layers
  public record Embeddings(Matrix tokens, Linear model, RmsNorm norm, int layers) {

    /// Prepares what the layers will ask for.
    ///
    /// @param hidden the rows' usual embeddings, `[rows, embeddingLength]`
    public void prepare(Rows rows, float[] hidden, Workspace workspace) {
      int size = norm.weight().length;
      int width = layers * size;
      int count = rows.count();
      int embeddingLength = model.weight().columns();
      float[] inputs = workspace.perLayer.of(count * width);
      workspace.multiply(hidden, count, model.product(inputs, width));
      float own = (float) Math.sqrt(size);
      float fromModel = (float) (1 / Math.sqrt(embeddingLength));
      float half = (float) Math.sqrt(0.5);
      workspace.eachRow(
          count,
          2,
          row -> {
            int start = row * width;
            float[] token = new float[width];
            tokens.row(rows.tokens()[row], token, 0);
            for (int i = start; i < start + width; i++) {
              inputs[i] *= fromModel;
            }
            norm.applyToHeads(inputs, start, layers, workspace);
            for (int i = 0; i < width; i++) {
              inputs[start + i] = half * (inputs[start + i] + own * token[i]);
            }
          });
    }
  }

  @Override
  public void apply(float[] x, float[] y, Rows rows, int layer, Workspace workspace) {
    int count = rows.count();
    int size = gate.weight().rows();
    float[] gates = workspace.gate.of(count * size);
    float[] inputs = workspace.up.of(count * size);
    int width = layers * size;
    float[] all = workspace.perLayer.of(count * width);
    workspace.multiply(x, count, gate.product(gates, size));
    for (int row = 0; row < count; row++) {
      System.arraycopy(all, row * width + layer * size, inputs, row * size, size);
    }
    workspace.kernels.gate(Activation.GELU_TANH, gates, inputs, 0, count * size);
    workspace.multiply(gates, count, projection.product(y, projection.weight().rows()));
  }
}
