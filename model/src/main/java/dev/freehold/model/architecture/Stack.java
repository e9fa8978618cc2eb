package dev.freehold.model.architecture;

import dev.freehold.model.ModelParameters;
import dev.freehold.model.layer.LayerState;
import dev.freehold.model.layer.Residual;
import dev.freehold.model.layer.RmsNorm;
import dev.freehold.model.layer.Rows;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.model.layer.Workspace;
import dev.freehold.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The pass that decoders share: embeddings, layers one after the other, a norm, a head.
///
/// @param parameters shape of the model
/// @param embedding `[vocabularySize, embeddingLength]`
/// @param embeddingScale multiplies embeddings, usually 1
/// @param layers the steps of each layer
/// @param outputNorm normalisation before the head
/// @param head `[vocabularySize, embeddingLength]`
/// @param logitScale multiplies logits, usually 1
/// @param logitCap logits are bent into ±`logitCap` by `cap · tanh(logit / cap)`; 0 leaves them
record Stack(
    ModelParameters parameters,
    Matrix embedding,
    float embeddingScale,
    List<List<Residual>> layers,
    RmsNorm outputNorm,
    Linear head,
    float logitScale,
    float logitCap)
    implements Transformer.Decoder {

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
    List<LayerState> states = new ArrayList<>();
    for (List<Residual> layer : layers) {
      layer.stream()
          .map(step -> step.mixer().newState())
          .filter(Objects::nonNull)
          .forEach(states::add);
    }
    return states;
  }

  @Override
  public void pass(Rows rows, float[] hidden, Workspace workspace) {
    int width = parameters.embeddingLength();
    for (int row = 0; row < rows.count(); row++) {
      embedding.row(rows.tokens()[row], hidden, row * width);
    }
    for (int i = 0; i < rows.count() * width && embeddingScale != 1; i++) {
      hidden[i] *= embeddingScale;
    }
    for (int layer = 0; layer < layers.size(); layer++) {
      for (Residual step : layers.get(layer)) {
        step.apply(hidden, rows, layer, workspace);
      }
    }
  }

  @Override
  public void normalize(float[] hidden, int rows, Workspace workspace) {
    outputNorm.apply(hidden, hidden, rows, workspace);
  }

  @Override
  public Matrix output() {
    return head.weight();
  }

  @Override
  public void finish(float[] logits, int rows, Workspace workspace) {
    float[] bias = head.bias();
    if (bias == null && logitScale == 1 && logitCap == 0) {
      return;
    }
    int count = parameters.vocabularySize();
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < count; i++) {
        float logit = logits[row * count + i] + (bias == null ? 0 : bias[i]);
        logit *= logitScale;
        logits[row * count + i] =
            logitCap == 0 ? logit : (float) (logitCap * Math.tanh(logit / logitCap));
      }
    }
  }
}
