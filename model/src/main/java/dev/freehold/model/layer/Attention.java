package dev.freehold.model.layer;

import dev.freehold.model.layer.Rows.Stretch;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.AttentionWork;
import dev.freehold.tensor.AttentionWork.Scoring;
import dev.freehold.tensor.Kernels.Activation;
import org.jspecify.annotations.Nullable;

/// Self-attention with grouped query heads (Ainslie et al., arXiv 2305.13245):
/// `output(attend(turned(q), turned(k), v))`.
///
/// @param query `[heads · headSize, embeddingLength]`
/// @param key `[kvHeads · headSize, embeddingLength]`
/// @param value `[kvHeads · valueSize, embeddingLength]`
/// @param output `[embeddingLength, heads · valueSize]`
/// @param heads query heads
/// @param kvHeads key/value heads
/// @param gate `[heads · valueSize, embeddingLength]`: results are multiplied by `sigmoid(gate ·
///   x)` before the output (Qiu et al., arXiv 2505.06708), or null
/// @param norms normalisation of each head of queries and keys before they are turned, or null
/// @param rotary position embedding, or null where the layer has none
/// @param temperature sharpens the scores of far positions, or null
/// @param scoring how a query weighs what it sees
public record Attention(
    Linear query,
    Linear key,
    Linear value,
    Linear output,
    int heads,
    int kvHeads,
    @Nullable Linear gate,
    @Nullable HeadNorms norms,
    @Nullable RotaryEmbedding rotary,
    @Nullable Temperature temperature,
    Scoring scoring)
    implements Mixer {

  private static final int QUERIES_AT_ONCE = 32;

  /// Normalisation of each head.
  ///
  /// @param query `[headSize]`
  /// @param key `[headSize]`
  /// @param value `[valueSize]`, or null where values stay as they are
  public record HeadNorms(RmsNorm query, RmsNorm key, @Nullable RmsNorm value) {}

  /// Queries at position `p` are multiplied by `1 + beta · ln(1 + ⌊p / floor⌋)` (Llama 4, Ministral
  /// 3).
  ///
  /// @param beta how much sharper
  /// @param floor positions of a step
  public record Temperature(float beta, int floor) {
    float at(int position) {
      return (float) (1 + beta * Math.log(1 + Math.floorDiv(position, floor)));
    }
  }

  /// The same with a norm of each head.
  public Attention withHeadNorms(RmsNorm queryNorm, RmsNorm keyNorm) {
    return withHeadNorms(new HeadNorms(queryNorm, keyNorm, null));
  }

  /// The same with norms of each head.
  public Attention withHeadNorms(HeadNorms other) {
    return new Attention(
        query, key, value, output, heads, kvHeads, gate, other, rotary, temperature, scoring);
  }

  /// The same with another way of weighing.
  public Attention withScoring(Scoring other) {
    return new Attention(
        query, key, value, output, heads, kvHeads, gate, norms, rotary, temperature, other);
  }

  /// The same with queries that depend on their position.
  public Attention withTemperature(Temperature other) {
    return new Attention(
        query, key, value, output, heads, kvHeads, gate, norms, rotary, other, scoring);
  }

  @Override
  public KeyValues newState() {
    return new KeyValues(kvHeads, headSize(), valueSize(), scoring.before());
  }

  private int headSize() {
    return key.weight().rows() / kvHeads;
  }

  private int valueSize() {
    return value.weight().rows() / kvHeads;
  }

  @Override
  public void apply(float[] x, float[] y, Rows rows, int layer, Workspace workspace) {
    int count = rows.count();
    int queryWidth = query.weight().rows();
    int keyWidth = key.weight().rows();
    int valueWidth = value.weight().rows();
    float[] q = workspace.queries.of(count * queryWidth);
    float[] k = workspace.keys.of(count * keyWidth);
    float[] v = workspace.values.of(count * valueWidth);
    float[] attended = workspace.attended.of(count * output.weight().columns());
    workspace.multiply(
        x,
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
    float[] bent = gate == null ? attended : bend(gate, x, attended, count, workspace);
    workspace.multiply(bent, count, output.product(y, output.weight().rows()));
    workspace.eachRow(count, 8, row -> output.addBias(y, row, workspace));
  }

  /// Multiplies results by the sigmoid of their gates.
  private static float[] bend(
      Linear gate, float[] x, float[] attended, int count, Workspace workspace) {
    int width = gate.weight().rows();
    float[] gates = workspace.gate.of(count * width);
    workspace.multiply(x, count, gate.product(gates, width));
    workspace.eachRow(
        count,
        8,
        row -> {
          gate.addBias(gates, row, workspace);
          workspace.kernels.gate(Activation.SIGMOID, gates, attended, row * width, width);
        });
    return gates;
  }

  private void remember(
      Stretch stretch, int layer, float[] q, float[] k, float[] v, Workspace workspace) {
    int keyWidth = key.weight().rows();
    int valueWidth = value.weight().rows();
    int queryWidth = query.weight().rows();
    KeyValues state = stretch.keyValues(layer);
    state.own(stretch.position(), stretch.position() + stretch.count());
    if (rotary != null) {
      rotary.reach(stretch.position() + stretch.count());
    }
    workspace.eachRow(
        stretch.count(),
        8,
        i -> {
          int row = stretch.row() + i;
          int position = stretch.position() + i;
          query.addBias(q, row, workspace);
          key.addBias(k, row, workspace);
          value.addBias(v, row, workspace);
          prepare(q, row * queryWidth, k, row * keyWidth, position, workspace);
          if (norms != null && norms.value != null) {
            norms.value.applyToHeads(v, row * valueWidth, kvHeads, workspace);
          }
          state.write(position, k, row * keyWidth, v, row * valueWidth);
        });
  }

  /// Normalises and turns the heads of one row's query and key.
  private void prepare(
      float[] q, int queryStart, float[] k, int keyStart, int position, Workspace workspace) {
    int size = headSize();
    if (norms != null) {
      norms.query.applyToHeads(q, queryStart, heads, workspace);
      norms.key.applyToHeads(k, keyStart, kvHeads, workspace);
    }
    if (rotary != null) {
      rotary.rotate(workspace.kernels, q, queryStart, heads, size, position);
      rotary.rotate(workspace.kernels, k, keyStart, kvHeads, size, position);
    }
    if (temperature != null) {
      float factor = temperature.at(position);
      for (int i = queryStart; i < queryStart + heads * size; i++) {
        q[i] *= factor;
      }
    }
  }

  private void attend(
      Stretch stretch, int layer, float[] q, float[] attended, Workspace workspace) {
    int headSize = headSize();
    int valueSize = valueSize();
    KeyValues state = stretch.keyValues(layer);
    AttentionWork work =
        new AttentionWork(
            q,
            stretch.row() * heads * headSize,
            attended,
            stretch.row() * heads * valueSize,
            state.keys(),
            state.values(),
            stretch.position(),
            stretch.position() + stretch.count(),
            heads,
            kvHeads,
            headSize,
            valueSize,
            scoring);
    attend(work, stretch.count(), workspace);
  }

  /// Computes the attention of `rows` query rows on all threads.
  static void attend(AttentionWork work, int rows, Workspace workspace) {
    int cuts = Math.ceilDiv(rows, QUERIES_AT_ONCE);
    int heads = work.kvHeads();
    int scratch = work.scratch();
    workspace.workers.run(
        cuts * heads,
        (part, worker) -> {
          // The last cut sees the most positions: begin with it, so that threads end together.
          int from = (cuts - 1 - part / heads) * QUERIES_AT_ONCE;
          int to = Math.min(rows, from + QUERIES_AT_ONCE);
          workspace.kernels.attend(
              work, part % heads, from, to, workspace.scratch(worker, scratch));
        });
  }
}
