package dev.freehold.model.architecture;

import dev.freehold.model.ModelParameters;
import dev.freehold.model.layer.LayerState;
import dev.freehold.model.layer.RmsNorm;
import dev.freehold.model.layer.Rows;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.model.layer.Workspace;
import dev.freehold.tensor.Matrix;
import java.util.List;

/// The pass that decoders share: embeddings, layers, a norm, a head.
///
/// @param parameters shape of the model
/// @param embedding `[vocabularySize, embeddingLength]`
/// @param embeddingScale multiplies embeddings, usually 1
/// @param layers what is done to them
/// @param outputNorm normalisation before the head
/// @param head `[vocabularySize, embeddingLength]`
/// @param logitScale multiplies logits, usually 1
/// @param logitCap logits are bent into ±`logitCap` by `cap · tanh(logit / cap)`; 0 leaves them
public record Stack(
    ModelParameters parameters,
    Matrix embedding,
    float embeddingScale,
    Layers layers,
    RmsNorm outputNorm,
    Linear head,
    float logitScale,
    float logitCap)
    implements Transformer.Network {

  Stack withEmbeddingScale(float scale) {
    return new Stack(parameters, embedding, scale, layers, outputNorm, head, logitScale, logitCap);
  }

  Stack withLogitScale(float scale) {
    return new Stack(
        parameters, embedding, embeddingScale, layers, outputNorm, head, scale, logitCap);
  }

  Stack withLogitCap(float cap) {
    return new Stack(
        parameters, embedding, embeddingScale, layers, outputNorm, head, logitScale, cap);
  }

  @Override
  public List<LayerState> newStates() {
    return layers.newStates();
  }

  @Override
  public void pass(Rows rows, float[] hidden, Workspace workspace) {
    embed(rows, hidden);
    layers.apply(hidden, rows, workspace);
  }

  /// Looks up the embeddings of `rows`.
  void embed(Rows rows, float[] hidden) {
    int width = parameters.embeddingLength();
    for (int row = 0; row < rows.count(); row++) {
      embedding.row(rows.tokens()[row], hidden, row * width);
    }
    for (int i = 0; i < rows.count() * width && embeddingScale != 1; i++) {
      hidden[i] *= embeddingScale;
    }
  }

  @Override
  public void normalize(float[] hidden, int rows, Workspace workspace) {
    outputNorm.apply(hidden, hidden, rows, workspace);
  }

  @Override
  public float[] logits(float[] hidden, int rows, Workspace workspace) {
    int count = parameters.vocabularySize();
    float[] logits = new float[rows * count];
    workspace.multiply(hidden, rows, head.product(logits, count));
    float[] bias = head.bias();
    if (bias == null && logitScale == 1 && logitCap == 0) {
      return logits;
    }
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < count; i++) {
        float logit = logitScale * (logits[row * count + i] + (bias == null ? 0 : bias[i]));
        logits[row * count + i] =
            logitCap == 0 ? logit : (float) (logitCap * Math.tanh(logit / logitCap));
      }
    }
    return logits;
  }
}
