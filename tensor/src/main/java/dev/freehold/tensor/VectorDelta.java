package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.COUNT;
import static dev.freehold.tensor.Lanes.FLOATS;
import static dev.freehold.tensor.Lanes.load;
import static dev.freehold.tensor.Lanes.zero;

import jdk.incubator.vector.FloatVector;

/// The gated delta rule in this processor's vectors.
///
/// Columns of a memory never meet, so four vectors of columns at a time are taken through all rows:
/// they stay in the nearest cache, side by side in an array of their own. What the decayed memory
/// holds under the key and what the query reads of it are summed in one pass; what the query reads
/// of the change is `query · key` times it.
final class VectorDelta {

  private static final int WIDTH = 4 * COUNT;

  private VectorDelta() {}

  /// Computes as many columns as fill vectors.
  ///
  /// @return how many
  static int run(DeltaWork work, int head, float[] scratch) {
    int size = work.valueSize();
    int keySize = work.keySize();
    int whole = size / WIDTH * WIDTH;
    int products = keySize * WIDTH;
    for (int i = 0; i < work.count() && whole > 0; i++) {
      scratch[products + i] = dot(work.qkv(), work.query(i, head), work.key(i, head), keySize);
    }
    for (int column = 0; column < whole; column += WIDTH) {
      int start = head * keySize * size + column;
      for (int d = 0; d < keySize; d++) {
        System.arraycopy(work.memory(), start + d * size, scratch, d * WIDTH, WIDTH);
      }
      for (int i = 0; i < work.count(); i++) {
        row(work, head, i, column, scratch, scratch[products + i]);
      }
      for (int d = 0; d < keySize; d++) {
        System.arraycopy(scratch, d * WIDTH, work.memory(), start + d * size, WIDTH);
      }
    }
    return whole;
  }

  private static float dot(float[] x, int a, int b, int count) {
    int whole = count / COUNT * COUNT;
    FloatVector sums = zero();
    for (int i = 0; i < whole; i += COUNT) {
      sums = load(x, a + i).fma(load(x, b + i), sums);
    }
    float sum = Lanes.sum(sums);
    for (int i = whole; i < count; i++) {
      sum += x[a + i] * x[b + i];
    }
    return sum;
  }

  private static void row(
      DeltaWork work, int head, int index, int column, float[] memory, float product) {
    float[] qkv = work.qkv();
    int keySize = work.keySize();
    int query = work.query(index, head);
    int key = work.key(index, head);
    float kept = work.decays()[work.gate(index, head)];
    float beta = work.betas()[work.gate(index, head)];
    FloatVector h0 = zero();
    FloatVector h1 = zero();
    FloatVector h2 = zero();
    FloatVector h3 = zero();
    FloatVector r0 = zero();
    FloatVector r1 = zero();
    FloatVector r2 = zero();
    FloatVector r3 = zero();
    for (int d = 0, at = 0; d < keySize; d++, at += WIDTH) {
      FloatVector k = FloatVector.broadcast(FLOATS, qkv[key + d]);
      FloatVector q = FloatVector.broadcast(FLOATS, qkv[query + d]);
      FloatVector m0 = load(memory, at);
      FloatVector m1 = load(memory, at + COUNT);
      FloatVector m2 = load(memory, at + 2 * COUNT);
      FloatVector m3 = load(memory, at + 3 * COUNT);
      h0 = m0.fma(k, h0);
      h1 = m1.fma(k, h1);
      h2 = m2.fma(k, h2);
      h3 = m3.fma(k, h3);
      r0 = m0.fma(q, r0);
      r1 = m1.fma(q, r1);
      r2 = m2.fma(q, r2);
      r3 = m3.fma(q, r3);
    }
    int value = work.value(index, head) + column;
    FloatVector c0 = load(qkv, value).sub(h0.mul(kept)).mul(beta);
    FloatVector c1 = load(qkv, value + COUNT).sub(h1.mul(kept)).mul(beta);
    FloatVector c2 = load(qkv, value + 2 * COUNT).sub(h2.mul(kept)).mul(beta);
    FloatVector c3 = load(qkv, value + 3 * COUNT).sub(h3.mul(kept)).mul(beta);
    float[] results = work.results();
    int result = work.result(index, head) + column;
    r0.mul(kept).add(c0.mul(product)).intoArray(results, result);
    r1.mul(kept).add(c1.mul(product)).intoArray(results, result + COUNT);
    r2.mul(kept).add(c2.mul(product)).intoArray(results, result + 2 * COUNT);
    r3.mul(kept).add(c3.mul(product)).intoArray(results, result + 3 * COUNT);
    for (int d = 0, at = 0; d < keySize; d++, at += WIDTH) {
      FloatVector k = FloatVector.broadcast(FLOATS, qkv[key + d]);
      load(memory, at).mul(kept).add(c0.mul(k)).intoArray(memory, at);
      load(memory, at + COUNT).mul(kept).add(c1.mul(k)).intoArray(memory, at + COUNT);
      load(memory, at + 2 * COUNT).mul(kept).add(c2.mul(k)).intoArray(memory, at + 2 * COUNT);
      load(memory, at + 3 * COUNT).mul(kept).add(c3.mul(k)).intoArray(memory, at + 3 * COUNT);
    }
  }
}
