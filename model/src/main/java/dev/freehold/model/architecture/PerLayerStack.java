package dev.freehold.model.architecture;

import dev.freehold.model.ModelParameters;
import dev.freehold.model.layer.LayerState;
import dev.freehold.model.layer.PerLayerInput;
import dev.freehold.model.layer.Rows;
import dev.freehold.model.layer.Workspace;
import java.util.List;

/// The pass of a decoder whose tokens have an embedding for each layer beside the usual one.
///
/// @param stack the decoder
/// @param embeddings those of each layer
record PerLayerStack(Stack stack, PerLayerInput.Embeddings embeddings)
    implements Transformer.Network {

  @Override
  public ModelParameters parameters() {
    return stack.parameters();
  }

  @Override
  public List<LayerState> newStates() {
    return stack.newStates();
  }

  @Override
  public void pass(Rows rows, float[] hidden, Workspace workspace) {
    stack.embed(rows, hidden);
    embeddings.prepare(rows, hidden, workspace);
    stack.layers().apply(hidden, rows, workspace);
  }

  @Override
  public void normalize(float[] hidden, int rows, Workspace workspace) {
    stack.normalize(hidden, rows, workspace);
  }

  @Override
  public float[] logits(float[] hidden, int rows, Workspace workspace) {
    return stack.logits(hidden, rows, workspace);
  }
}
