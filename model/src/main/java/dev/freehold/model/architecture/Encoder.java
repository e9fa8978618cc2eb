package dev.freehold.model.architecture;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.ModelParameters;
import dev.freehold.model.layer.LayerState;
import dev.freehold.model.layer.Norm;
import dev.freehold.model.layer.Rows;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.model.layer.Workspace;
import dev.freehold.tensor.Matrix;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The pass that encoders share: embeddings of tokens and places, layers in which every token sees
/// the whole text, hidden states out. It has no head.
///
/// @param parameters shape of the model
/// @param embedding `[vocabularySize, embeddingLength]`
/// @param embeddingScale multiplies embeddings, usually 1
/// @param kinds added to each token by the text it belongs to, or null
/// @param positions `[contextLength, embeddingLength]`, the position's added to each, or null
/// @param embeddingNorm normalisation before the layers, or null
/// @param layers what is done to them
/// @param outputNorm normalisation after the layers, or null
/// @param dense applied after it one after the other
record Encoder(
    ModelParameters parameters,
    Matrix embedding,
    float embeddingScale,
    @Nullable Kinds kinds,
    @Nullable Matrix positions,
    @Nullable Norm embeddingNorm,
    Layers layers,
    @Nullable Norm outputNorm,
    List<Linear> dense)
    implements Transformer.Network {

  /// Marks which of two texts a token belongs to (BERT's segments, arXiv 1810.04805).
  ///
  /// @param vectors `[embeddingLength]` for the first text and, where there is one, for the second
  /// @param separator the token that ends a text
  record Kinds(List<float[]> vectors, OptionalInt separator) {}

  @Override
  public List<LayerState> newStates() {
    return layers.newStates();
  }

  @Override
  public void pass(Rows rows, float[] hidden, Workspace workspace) {
    int width = parameters.embeddingLength();
    float[] position = new float[width];
    for (Rows.Stretch stretch : rows.stretches()) {
      int text = 0;
      for (int i = 0; i < stretch.count(); i++) {
        int at = (stretch.row() + i) * width;
        int token = rows.tokens()[stretch.row() + i];
        embedding.row(token, hidden, at);
        float[] kind = kinds == null ? null : kinds.vectors.get(text);
        if (positions != null) {
          positions.row(stretch.position() + i, position, 0);
        }
        for (int d = 0; d < width; d++) {
          hidden[at + d] =
              hidden[at + d] * embeddingScale + position[d] + (kind == null ? 0 : kind[d]);
        }
        if (kinds != null && kinds.separator.isPresent() && token == kinds.separator.getAsInt()) {
          text = Math.min(text + 1, kinds.vectors.size() - 1);
        }
      }
    }
    if (embeddingNorm != null) {
      embeddingNorm.apply(hidden, hidden, rows.count(), workspace);
    }
    layers.apply(hidden, rows, workspace);
  }

  @Override
  public void normalize(float[] hidden, int rows, Workspace workspace) {
    if (outputNorm != null) {
      outputNorm.apply(hidden, hidden, rows, workspace);
    }
    float[] x = hidden;
    for (Linear linear : dense) {
      float[] y = new float[rows * linear.weight().rows()];
      workspace.multiply(x, rows, linear.product(y, linear.weight().rows()));
      x = y;
    }
    if (!dense.isEmpty()) {
      System.arraycopy(x, 0, hidden, 0, rows * parameters.embeddingLength());
    }
  }

  @Override
  public float[] logits(float[] hidden, int rows, Workspace workspace) {
    throw new Unsupported(
        "The next token of a model of architecture %s, an encoder,"
            .formatted(parameters.architecture()),
        "the hidden states of its texts");
  }
}
