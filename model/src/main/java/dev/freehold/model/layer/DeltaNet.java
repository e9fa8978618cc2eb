package dev.freehold.model.layer;

import dev.freehold.model.layer.Rows.Stretch;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.DeltaWork;
import dev.freehold.tensor.Kernels.Activation;

/// Linear attention by the gated delta rule (Yang et al., arXiv 2412.06464): each value head has a
/// matrix that decays, from which what it holds under a key is taken away before the new value is
/// put there, and which is read by the query.
///
/// @param input `[2 · keyHeads · keySize + valueHeads · valueSize, embeddingLength]`: queries, keys
///   and values
/// @param convolution over all of them, bent by SiLU after
/// @param gate `[valueHeads · valueSize, embeddingLength]`: bends the results, by SiLU
/// @param beta `[valueHeads, embeddingLength]`: how much of a value is put in, by sigmoid
/// @param alpha `[valueHeads, embeddingLength]`: how fast memory decays
/// @param decay `[valueHeads]`: negative factors of the decay
/// @param decayBias `[valueHeads]`: added to `alpha` before softplus
/// @param norm `[valueSize]`: normalisation of each head's results
/// @param output `[embeddingLength, valueHeads · valueSize]`
/// @param keyHeads heads of queries and keys
/// @param valueHeads heads of values
/// @param keySize numbers of a key
/// @param valueSize numbers of a value
/// @param takingTurns whether value head `h` belongs to key head `h mod keyHeads`; else neighbours
///   share one
public record DeltaNet(
    Linear input,
    Convolution convolution,
    Linear gate,
    Linear beta,
    Linear alpha,
    float[] decay,
    float[] decayBias,
    RmsNorm norm,
    Linear output,
    int keyHeads,
    int valueHeads,
    int keySize,
    int valueSize,
    boolean takingTurns)
    implements Mixer {

  private static final double NORM_EPSILON = 1e-6;

  @Override
  public Recurrent newState() {
    return new Recurrent(convolution.windowSize(), valueHeads * keySize * valueSize);
  }

  @Override
  public void apply(float[] x, float[] y, Rows rows, int layer, Workspace workspace) {
    int count = rows.count();
    int width = input.weight().rows();
    int valueWidth = valueHeads * valueSize;
    float[] qkv = workspace.queries.of(count * width);
    float[] gates = workspace.gate.of(count * valueWidth);
    float[] betas = workspace.keys.of(count * valueHeads);
    float[] alphas = workspace.values.of(count * valueHeads);
    float[] results = workspace.attended.of(count * valueWidth);
    workspace.multiply(
        x,
        count,
        input.product(qkv, width),
        gate.product(gates, valueWidth),
        beta.product(betas, valueHeads),
        alpha.product(alphas, valueHeads));
    for (Stretch stretch : rows.stretches()) {
      Recurrent state = stretch.recurrent(layer);
      convolution.apply(
          qkv, stretch.row() * width, width, stretch.count(), state.window(), workspace);
      workspace.eachRow(
          stretch.count(), 4, i -> prepare(qkv, stretch.row() + i, betas, alphas, workspace));
      DeltaWork work =
          new DeltaWork(
              qkv,
              width,
              stretch.row(),
              stretch.count(),
              betas,
              alphas,
              state.memory(),
              results,
              keyHeads,
              valueHeads,
              keySize,
              valueSize,
              takingTurns);
      int scratch = work.scratch();
      workspace.workers.run(
          valueHeads,
          (head, worker) ->
              workspace.kernels.deltaRule(work, head, workspace.scratch(worker, scratch)));
    }
    workspace.eachRow(count, 4, row -> finish(results, gates, row, workspace));
    workspace.multiply(gates, count, output.product(y, output.weight().rows()));
  }

  /// Bends a row by SiLU, gives its queries and keys unit length, and turns betas and alphas into
  /// what they stand for.
  private void prepare(float[] qkv, int row, float[] betas, float[] alphas, Workspace workspace) {
    int start = row * input.weight().rows();
    workspace.kernels.activate(Activation.SILU, qkv, start, input.weight().rows());
    for (int head = 0; head < 2 * keyHeads; head++) {
      // Queries are scaled besides.
      double scale = head < keyHeads ? 1 / Math.sqrt(keySize) : 1;
      int at = start + head * keySize;
      double squares = NORM_EPSILON;
      for (int i = at; i < at + keySize; i++) {
        squares += (double) qkv[i] * qkv[i];
      }
      float factor = (float) (scale / Math.sqrt(squares));
      for (int i = at; i < at + keySize; i++) {
        qkv[i] *= factor;
      }
    }
    for (int head = 0; head < valueHeads; head++) {
      int at = row * valueHeads + head;
      betas[at] = (float) (1 / (1 + Math.exp(-betas[at])));
      double a = alphas[at] + decayBias[head];
      double softplus = a > 20 ? a : Math.log1p(Math.exp(a));
      alphas[at] = (float) Math.exp(decay[head] * softplus);
    }
  }

  /// Normalises a row's results and bends them; they end up in the place of the gates.
  private void finish(float[] results, float[] gates, int row, Workspace workspace) {
    int width = valueHeads * valueSize;
    norm.applyToHeads(results, row * width, valueHeads, workspace);
    workspace.kernels.gate(Activation.SILU, gates, results, row * width, width);
  }
}
