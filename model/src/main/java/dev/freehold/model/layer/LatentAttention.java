package dev.freehold.model.layer;

import dev.freehold.model.layer.Rows.Stretch;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.AttentionWork;
import dev.freehold.tensor.AttentionWork.Scoring;
import dev.freehold.tensor.Matrix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, 2.1). What is remembered of a token
/// is one short vector, from which each head's key and value would be made; instead each head's
/// query is brought to where that vector lives, and what it attends to is brought back.
///
/// @param queryDown shortens what queries are made of, or null
/// @param query `[heads · (plainSize + turnedSize), embeddingLength or queryDown's rank]`
/// @param latent `[rank + turnedSize, embeddingLength]`: the vector, and a key that heads share
/// @param norm of the vector, `[rank]`
/// @param keys for each head `[rank, plainSize]`
/// @param values for each head `[valueSize, rank]`
/// @param output `[embeddingLength, heads · valueSize]`
/// @param rotary turns the last `turnedSize` numbers of queries and the shared key
/// @param scale multiplies each dot product
public record LatentAttention(
    @Nullable Shortening queryDown,
    Linear query,
    Linear latent,
    RmsNorm norm,
    List<Matrix> keys,
    List<Matrix> values,
    Linear output,
    RotaryEmbedding rotary,
    float scale)
    implements Mixer {

  /// What queries are made of: `norm(down(x))`.
  ///
  /// @param down `[rank, embeddingLength]`
  /// @param norm `[rank]`
  public record Shortening(Linear down, RmsNorm norm) {}

  private int heads() {
    return keys.size();
  }

  private int rank() {
    return norm.weight().length;
  }

  private int plainSize() {
    return keys.getFirst().columns();
  }

  private int turnedSize() {
    return latent.weight().rows() - rank();
  }

  @Override
  public KeyValues newState() {
    return new KeyValues(1, rank() + turnedSize(), rank(), Integer.MAX_VALUE);
  }

  @Override
  public void apply(float[] x, float[] y, Rows rows, int layer, Workspace workspace) {
    int count = rows.count();
    int latentWidth = latent.weight().rows();
    float[] q = queries(x, count, workspace);
    float[] remembered = workspace.keys.of(count * latentWidth);
    workspace.multiply(x, count, latent.product(remembered, latentWidth));
    float[] absorbed = workspace.queries.of(count * heads() * latentWidth);
    absorb(q, absorbed, count, workspace);
    for (Stretch stretch : rows.stretches()) {
      remember(stretch, layer, q, remembered, absorbed, workspace);
    }
    float[] attended = workspace.attended.of(count * heads() * rank());
    for (Stretch stretch : rows.stretches()) {
      attend(stretch, layer, absorbed, attended, workspace);
    }
    float[] brought = bringBack(attended, count, workspace);
    workspace.multiply(brought, count, output.product(y, output.weight().rows()));
    workspace.eachRow(count, 8, row -> output.addBias(y, row, workspace));
  }

  private float[] queries(float[] x, int count, Workspace workspace) {
    int width = query.weight().rows();
    float[] q = workspace.values.of(count * width);
    float[] read = x;
    if (queryDown != null) {
      int shorter = queryDown.down.weight().rows();
      read = workspace.gathered.of(count * shorter);
      workspace.multiply(x, count, queryDown.down.product(read, shorter));
      float[] down = read;
      workspace.eachRow(count, 8, row -> queryDown.down.addBias(down, row, workspace));
      queryDown.norm.apply(read, read, count, workspace);
    }
    workspace.multiply(read, count, query.product(q, width));
    return q;
  }

  /// Brings the plain part of each head's queries to where the latent vectors live.
  private void absorb(float[] q, float[] absorbed, int count, Workspace workspace) {
    int size = plainSize() + turnedSize();
    int stride = heads() * latent.weight().rows();
    float[] plain = workspace.results.of(count * plainSize());
    for (int head = 0; head < heads(); head++) {
      for (int row = 0; row < count; row++) {
        int from = (row * heads() + head) * size;
        System.arraycopy(q, from, plain, row * plainSize(), plainSize());
      }
      int start = head * latent.weight().rows();
      Matrix.multiply(
          workspace.workers,
          plain,
          count,
          new Matrix.Product(keys.get(head), absorbed, start, stride));
    }
  }

  private void remember(
      Stretch stretch,
      int layer,
      float[] q,
      float[] remembered,
      float[] absorbed,
      Workspace workspace) {
    int latentWidth = latent.weight().rows();
    int turned = turnedSize();
    int size = plainSize() + turned;
    KeyValues state = stretch.keyValues(layer);
    state.own(stretch.position(), stretch.position() + stretch.count());
    rotary.reach(stretch.position() + stretch.count());
    workspace.eachRow(
        stretch.count(),
        8,
        i -> {
          int row = stretch.row() + i;
          int position = stretch.position() + i;
          latent.addBias(remembered, row, workspace);
          int start = row * latentWidth;
          norm.applyToHeads(remembered, start, 1, workspace);
          rotary.rotate(workspace.kernels, remembered, start + rank(), 1, turned, position);
          state.write(position, remembered, start, remembered, start);
          for (int head = 0; head < heads(); head++) {
            int to = (row * heads() + head) * latentWidth + rank();
            int from = (row * heads() + head) * size + plainSize();
            System.arraycopy(q, from, absorbed, to, turned);
            rotary.rotate(workspace.kernels, absorbed, to, 1, turned, position);
          }
        });
  }

  private void attend(
      Stretch stretch, int layer, float[] absorbed, float[] attended, Workspace workspace) {
    KeyValues state = stretch.keyValues(layer);
    AttentionWork work =
        new AttentionWork(
            absorbed,
            stretch.row() * heads() * latent.weight().rows(),
            attended,
            stretch.row() * heads() * rank(),
            state.keys(),
            state.values(),
            stretch.position(),
            stretch.position() + stretch.count(),
            heads(),
            1,
            latent.weight().rows(),
            rank(),
            Scoring.causal(scale));
    Attention.attend(work, stretch.count(), workspace);
  }

  private float[] bringBack(float[] attended, int count, Workspace workspace) {
    int valueSize = values.getFirst().rows();
    int stride = heads() * valueSize;
    float[] brought = workspace.gate.of(count * stride);
    float[] one = workspace.results.of(count * rank());
    for (int head = 0; head < heads(); head++) {
      for (int row = 0; row < count; row++) {
        System.arraycopy(attended, (row * heads() + head) * rank(), one, row * rank(), rank());
      }
      Matrix.multiply(
          workspace.workers,
          one,
          count,
          new Matrix.Product(values.get(head), brought, head * valueSize, stride));
    }
    return brought;
  }
}
