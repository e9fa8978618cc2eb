package dev.freehold.tensor;

import static dev.freehold.tensor.AttentionWork.BLOCK;
import static dev.freehold.tensor.AttentionWork.LANES;
import static dev.freehold.tensor.AttentionWork.TILE;
import static dev.freehold.tensor.Lanes.COUNT;
import static dev.freehold.tensor.Lanes.load;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Causal attention of a tile of queries, block of positions by block: scores, their running
/// maximum and sum, and the weighted values so far (the online softmax of Dao et al., arXiv
/// 2205.14135). A query here is a pair of row and head; those of a group share keys, so a single
/// row already fills a part of a tile.
final class VectorAttention {

  private final AttentionWork work;
  private final int kvHead;
  private final int size;
  private final int valueStride;
  private final float[] s;
  private final int scores;
  private final int sums;
  private final int maxima;
  private final int totals;

  /// @param scratch queries `[TILE, headSize]`, then scores `[TILE, BLOCK]`, weighted sums `[TILE,
  ///   valueStride]`, running maxima and totals `[TILE]`
  VectorAttention(AttentionWork work, int kvHead, float[] scratch) {
    this.work = work;
    this.kvHead = kvHead;
    size = work.headSize();
    valueStride = AttentionWork.valueStride(work.valueSize());
    s = scratch;
    scores = TILE * size;
    sums = scores + TILE * BLOCK;
    maxima = sums + TILE * valueStride;
    totals = maxima + TILE;
  }

  /// Computes `count` queries from pair `first` on.
  void tile(int first, int count) {
    int group = work.group();
    int height = count > TILE / 2 ? TILE : TILE / 2;
    for (int i = 0; i < height; i++) {
      loadQuery(first + i, i, i < count);
    }
    Arrays.fill(s, sums, maxima, 0);
    Arrays.fill(s, maxima, totals, Float.NEGATIVE_INFINITY);
    Arrays.fill(s, totals, totals + TILE, 0);
    int visible = work.position() + (first + count - 1) / group + 1;
    for (int block = 0; block * BLOCK < visible; block++) {
      float[] keys = work.keys()[block];
      float[] values = work.values()[block];
      int key = kvHead * size * BLOCK;
      int value = kvHead * valueStride * BLOCK;
      int columns = Math.min(BLOCK, visible - block * BLOCK);
      Arrays.fill(s, scores, sums, 0);
      for (int p = 0; p < columns; p += 2 * COUNT) {
        int at = key + p / LANES * size * LANES + p % LANES;
        int apart = COUNT == LANES ? size * LANES : COUNT;
        RowTile.multiply(height, s, 0, size, keys, at, LANES, apart, size, s, scores + p, BLOCK);
      }
      for (int i = 0; i < height; i++) {
        int seen = work.position() + (first + Math.min(i, count - 1)) / group + 1 - block * BLOCK;
        softmax(i, Math.min(seen, columns), columns);
      }
      for (int d = 0; d < valueStride; d += 2 * COUNT) {
        RowTile.multiply(
            height,
            s,
            scores,
            BLOCK,
            values,
            value + d,
            valueStride,
            COUNT,
            columns,
            s,
            sums + d,
            valueStride);
      }
    }
    for (int i = 0; i < count; i++) {
      store(first + i, i);
    }
  }

  private void loadQuery(int pair, int i, boolean real) {
    if (!real) {
      Arrays.fill(s, i * size, (i + 1) * size, 0);
      return;
    }
    int group = work.group();
    int head = kvHead * group + pair % group;
    int from = work.qStart() + (pair / group * work.heads() + head) * size;
    float scale = work.scale();
    float[] q = work.q();
    for (int d = 0; d < size; d++) {
      s[i * size + d] = q[from + d] * scale;
    }
  }

  /// Turns the first `seen` scores of query `i` into exponentials above the running maximum, the
  /// rest up to `columns` into zeros, and brings the sums so far to the new maximum.
  private void softmax(int i, int seen, int columns) {
    int row = scores + i * BLOCK;
    int padded = Math.ceilDiv(columns, COUNT) * COUNT;
    if (seen <= 0) {
      Arrays.fill(s, row, row + padded, 0);
      return;
    }
    if (seen < padded) {
      Arrays.fill(s, row + seen, row + padded, Float.NEGATIVE_INFINITY);
    }
    FloatVector highest = load(s, row);
    for (int p = COUNT; p < padded; p += COUNT) {
      highest = highest.max(load(s, row + p));
    }
    float before = s[maxima + i];
    float maximum = Math.max(before, highest.reduceLanes(VectorOperators.MAX));
    FloatVector total = Lanes.zero();
    for (int p = 0; p < padded; p += COUNT) {
      FloatVector exponentials = Exponential.of(load(s, row + p).sub(maximum));
      exponentials.intoArray(s, row + p);
      total = total.add(exponentials);
    }
    float sum = total.reduceLanes(VectorOperators.ADD);
    if (maximum > before) {
      float shrink = (float) Math.exp(before - maximum);
      s[totals + i] = s[totals + i] * shrink + sum;
      s[maxima + i] = maximum;
      int at = sums + i * valueStride;
      for (int d = 0; d < valueStride; d += COUNT) {
        load(s, at + d).mul(shrink).intoArray(s, at + d);
      }
    } else {
      s[totals + i] += sum;
    }
  }

  private void store(int pair, int i) {
    int group = work.group();
    int head = kvHead * group + pair % group;
    int to = work.outputStart() + (pair / group * work.heads() + head) * work.valueSize();
    float[] output = work.output();
    float factor = 1 / s[totals + i];
    for (int d = 0; d < work.valueSize(); d++) {
      output[to + d] = s[sums + i * valueStride + d] * factor;
    }
  }
}
