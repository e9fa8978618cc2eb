package dev.freehold.tensor;

import static dev.freehold.tensor.AttentionWork.BLOCK;
import static dev.freehold.tensor.AttentionWork.LANES;
import static dev.freehold.tensor.AttentionWork.TILE;
import static dev.freehold.tensor.Lanes.COUNT;
import static dev.freehold.tensor.Lanes.load;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Attention of a tile of queries, block of positions by block: scores, their running maximum and
/// sum, and the weighted values so far (the online softmax of Dao et al., arXiv 2205.14135). A
/// query here is a pair of row and head; those of a group share keys, so a single row already fills
/// a part of a tile.
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
    int start = work.first(first / group);
    int end = work.end((first + count - 1) / group);
    for (int block = start / BLOCK; block * BLOCK < end; block++) {
      float[] keys = work.keys()[block];
      float[] values = work.values()[block];
      int key = kvHead * size * BLOCK;
      int value = kvHead * valueStride * BLOCK;
      int columns = Math.min(BLOCK, end - block * BLOCK);
      int unseen = Math.max(0, start - block * BLOCK) / (2 * COUNT) * 2 * COUNT;
      Arrays.fill(s, scores, sums, 0);
      for (int p = unseen; p < columns; p += 2 * COUNT) {
        int at = key + p / LANES * size * LANES + p % LANES;
        int apart = COUNT == LANES ? size * LANES : COUNT;
        RowTile.multiply(height, s, 0, size, keys, at, LANES, apart, size, s, scores + p, BLOCK);
      }
      for (int i = 0; i < height; i++) {
        int row = (first + Math.min(i, count - 1)) / group;
        int from = Math.max(0, work.first(row) - block * BLOCK);
        softmax(i, from, Math.min(work.end(row) - block * BLOCK, columns), columns);
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
    float scale = work.scoring().scale();
    float[] q = work.q();
    for (int d = 0; d < size; d++) {
      s[i * size + d] = q[from + d] * scale;
    }
  }

  /// Turns scores `from` to `seen − 1` of query `i` into exponentials above the running maximum,
  /// the rest up to `columns` into zeros, and brings the sums so far to the new maximum.
  private void softmax(int i, int from, int seen, int columns) {
    int row = scores + i * BLOCK;
    int padded = Math.ceilDiv(columns, COUNT) * COUNT;
    if (seen <= from) {
      Arrays.fill(s, row, row + padded, 0);
      return;
    }
    if (work.scoring().softCap() > 0) {
      bend(row, padded);
    }
    Arrays.fill(s, row, row + from, Float.NEGATIVE_INFINITY);
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
    float sum = Lanes.sum(total);
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

  /// `cap · tanh(score / cap)`, by `tanh(x) = 1 − 2 / (e²ˣ + 1)`.
  private void bend(int row, int padded) {
    float cap = work.scoring().softCap();
    for (int p = 0; p < padded; p += COUNT) {
      FloatVector denominator = Exponential.of(load(s, row + p).mul(2 / cap)).add(1);
      Lanes.broadcast(-2 * cap).div(denominator).add(cap).intoArray(s, row + p);
    }
  }

  private void store(int pair, int i) {
    int group = work.group();
    int head = kvHead * group + pair % group;
    int to = work.outputStart() + (pair / group * work.heads() + head) * work.valueSize();
    float[] output = work.output();
    float factor = 1 / (s[totals + i] + sink(head, s[maxima + i]));
    for (int d = 0; d < work.valueSize(); d++) {
      output[to + d] = s[sums + i * valueStride + d] * factor;
    }
  }

  /// What a head's sink adds to the total, at the scale of `maximum`. Far above it the sink takes
  /// everything: the total overflows and the factor is 0, as it should be.
  private float sink(int head, float maximum) {
    float[] sinks = work.scoring().sinks();
    return sinks == null ? 0 : (float) Math.exp(sinks[head] - maximum);
  }
}
