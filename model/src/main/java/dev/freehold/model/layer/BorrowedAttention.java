package dev.freehold.model.layer;

import dev.freehold.model.layer.Rows.Stretch;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.AttentionWork;
import dev.freehold.tensor.AttentionWork.Scoring;

/// Self-attention on the keys and values of an earlier layer (Brandon et al., arXiv 2405.12981, as
/// Gemma 3n and 4 have it): it has queries of its own and remembers nothing.
///
/// @param query `[heads · headSize, embeddingLength]`
/// @param output `[embeddingLength, heads · headSize]`
/// @param norm normalisation of each head of queries before they are turned
/// @param rotary position embedding
/// @param scoring how a query weighs what it sees
/// @param heads query heads
/// @param kvHeads key/value heads of that layer
/// @param source that layer
public record BorrowedAttention(
    Linear query,
    Linear output,
    RmsNorm norm,
    RotaryEmbedding rotary,
    Scoring scoring,
    int heads,
    int kvHeads,
    int source)
    implements Mixer {

  @Override
  public void apply(float[] x, float[] y, Rows rows, int layer, Workspace workspace) {
    int count = rows.count();
    int width = query.weight().rows();
    int size = width / heads;
    float[] q = workspace.queries.of(count * width);
    float[] attended = workspace.attended.of(count * width);
    workspace.multiply(x, count, query.product(q, width));
    for (Stretch stretch : rows.stretches()) {
      rotary.reach(stretch.position() + stretch.count());
      workspace.eachRow(
          stretch.count(),
          8,
          i -> {
            int row = stretch.row() + i;
            query.addBias(q, row, workspace);
            norm.applyToHeads(q, row * width, heads, workspace);
            rotary.rotate(workspace.kernels, q, row * width, heads, size, stretch.position() + i);
          });
    }
    for (Stretch stretch : rows.stretches()) {
      KeyValues state = stretch.keyValues(source);
      AttentionWork work =
          new AttentionWork(
              q,
              stretch.row() * width,
              attended,
              stretch.row() * width,
              state.keys(),
              state.values(),
              stretch.position(),
              stretch.position() + stretch.count(),
              heads,
              kvHeads,
              size,
              size,
              scoring);
      Attention.attend(work, stretch.count(), workspace);
    }
    workspace.multiply(attended, count, output.product(y, output.weight().rows()));
    workspace.eachRow(count, 8, row -> output.addBias(y, row, workspace));
  }
}
