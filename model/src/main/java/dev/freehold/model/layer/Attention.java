package dev.freehold.model.layer;

import dev.freehold.model.layer.Rows.Stretch;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.AttentionWork;
import dev.freehold.tensor.Matrix;

/// Causal self-attention with grouped query heads (Ainslie et al., arXiv 2305.13245) and rotary
/// positions: `hidden += output(attend(rotate(q), rotate(k), v))`.
///
/// @param norm normalisation before it
/// @param query `[heads · headSize, embeddingLength]`
/// @param key `[kvHeads · headSize, embeddingLength]`
/// @param value `[kvHeads · valueSize, embeddingLength]`
/// @param output `[embeddingLength, heads · valueSize]`
/// @param rotary position embedding, shared by the layers
/// @param heads query heads
/// @param kvHeads key/value heads
public record Attention(
    RmsNorm norm,
    Linear query,
    Linear key,
    Linear value,
    Linear output,
    RotaryEmbedding rotary,
    int heads,
    int kvHeads) {

  private static final int QUERIES_AT_ONCE = 32;

  /// Adds the block's results to `hidden`, `[rows, embeddingLength]`, and appends the keys and
  /// values of the rows to each sequence's state of layer `layer`.
  public void apply(float[] hidden, Rows rows, int layer, Workspace workspace) {
    int count = rows.count();
    int width = output.weight().rows();
    int queryWidth = query.weight().rows();
    int keyWidth = key.weight().rows();
    int valueWidth = value.weight().rows();
    float[] normed = workspace.normed.of(count * width);
    float[] q = workspace.queries.of(count * queryWidth);
    float[] k = workspace.keys.of(count * keyWidth);
    float[] v = workspace.values.of(count * valueWidth);
    float[] attended = workspace.attended.of(count * output.weight().columns());
    float[] added = workspace.added.of(count * width);
    norm.apply(hidden, normed, count, workspace);
    Matrix.multiply(
        workspace.workers,
        normed,
        count,
        query.product(q, queryWidth),
        key.product(k, keyWidth),
        value.product(v, valueWidth));
    for (Stretch stretch : rows.stretches()) {
      remember(stretch, layer, q, k, v, workspace);
    }
    for (Stretch stretch : rows.stretches()) {
      attend(stretch, layer, q, attended, workspace);
    }
    Matrix.multiply(workspace.workers, attended, count, output.product(added, width));
    workspace.eachRow(
        count,
        8,
        row -> {
          output.addBias(added, row, workspace);
          workspace.kernels.add(hidden, row * width, added, row * width, width);
        });
  }

  private void remember(
      Stretch stretch, int layer, float[] q, float[] k, float[] v, Workspace workspace) {
    int keyWidth = key.weight().rows();
    int valueWidth = value.weight().rows();
    int headSize = keyWidth / kvHeads;
    KeyValues state = state(stretch, layer);
    state.own(stretch.position(), stretch.position() + stretch.count());
    rotary.reach(stretch.position() + stretch.count());
    workspace.eachRow(
        stretch.count(),
        8,
        i -> {
          int row = stretch.row() + i;
          int position = stretch.position() + i;
          query.addBias(q, row, workspace);
          key.addBias(k, row, workspace);
          value.addBias(v, row, workspace);
          int queryStart = row * heads * headSize;
          rotary.rotate(workspace.kernels, q, queryStart, heads, headSize, position);
          rotary.rotate(workspace.kernels, k, row * keyWidth, kvHeads, headSize, position);
          state.write(position, k, row * keyWidth, v, row * valueWidth);
        });
  }

  private void attend(
      Stretch stretch, int layer, float[] q, float[] attended, Workspace workspace) {
    int headSize = key.weight().rows() / kvHeads;
    int valueSize = value.weight().rows() / kvHeads;
    KeyValues state = state(stretch, layer);
    AttentionWork work =
        new AttentionWork(
            q,
            stretch.row() * heads * headSize,
            attended,
            stretch.row() * heads * valueSize,
            state.keys(),
            state.values(),
            stretch.position(),
            heads,
            kvHeads,
            headSize,
            valueSize,
            (float) (1 / Math.sqrt(headSize)));
    int cuts = Math.ceilDiv(stretch.count(), QUERIES_AT_ONCE);
    int scratch = work.scratch(stretch.count());
    workspace.workers.run(
        cuts * kvHeads,
        (part, worker) -> {
          // The last cut sees the most positions: begin with it, so that threads end together.
          int from = (cuts - 1 - part / kvHeads) * QUERIES_AT_ONCE;
          int to = Math.min(stretch.count(), from + QUERIES_AT_ONCE);
          workspace.kernels.attend(
              work, part % kvHeads, from, to, workspace.scratch(worker, scratch));
        });
  }

  private static KeyValues state(Stretch stretch, int layer) {
    return switch (stretch.states().get(layer)) {
      case KeyValues keyValues -> keyValues;
    };
  }
}
