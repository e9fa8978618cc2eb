package dev.freehold.model.layer;

import static dev.freehold.tensor.AttentionWork.BLOCK;
import static dev.freehold.tensor.AttentionWork.LANES;

import dev.freehold.tensor.AttentionWork;
import java.util.Arrays;
import java.util.BitSet;

/// The keys and values of one attention layer for one sequence, in blocks laid out as
/// [dev.freehold.tensor.AttentionWork] says.
///
/// A fork shares blocks; whoever writes into a shared one copies it first.
public final class KeyValues implements LayerState {

  private final int kvHeads;
  private final int headSize;
  private final int valueSize;
  private final int valueStride;
  private float[][] keys = {};
  private float[][] values = {};
  private final BitSet shared = new BitSet();

  /// @param kvHeads heads
  /// @param headSize numbers in a key
  /// @param valueSize numbers in a value
  public KeyValues(int kvHeads, int headSize, int valueSize) {
    this.kvHeads = kvHeads;
    this.headSize = headSize;
    this.valueSize = valueSize;
    this.valueStride = AttentionWork.valueStride(valueSize);
  }

  @Override
  public void reserve(int length) {
    int had = keys.length;
    int blocks = Math.ceilDiv(length, BLOCK);
    if (blocks <= had) {
      return;
    }
    float[][] moreKeys = Arrays.copyOf(keys, blocks);
    float[][] moreValues = Arrays.copyOf(values, blocks);
    for (int i = had; i < blocks; i++) {
      moreKeys[i] = new float[kvHeads * headSize * BLOCK];
      moreValues[i] = new float[kvHeads * valueStride * BLOCK];
    }
    keys = moreKeys;
    values = moreValues;
  }

  @Override
  public void truncate(int length) {
    int blocks = Math.ceilDiv(length, BLOCK);
    if (blocks < keys.length) {
      keys = Arrays.copyOf(keys, blocks);
      values = Arrays.copyOf(values, blocks);
      shared.clear(blocks, shared.length() + blocks);
    }
  }

  @Override
  public KeyValues fork(int length) {
    int blocks = Math.ceilDiv(length, BLOCK);
    KeyValues fork = new KeyValues(kvHeads, headSize, valueSize);
    fork.keys = Arrays.copyOf(keys, blocks);
    fork.values = Arrays.copyOf(values, blocks);
    fork.shared.set(0, blocks);
    shared.set(0, blocks);
    return fork;
  }

  @Override
  public long bytes() {
    return (long) keys.length * kvHeads * (headSize + valueStride) * BLOCK * Float.BYTES;
  }

  /// Copies the blocks of positions `from` to `to − 1` that others see too, so that they may be
  /// written.
  void own(int from, int to) {
    for (int block = from / BLOCK; block <= (to - 1) / BLOCK; block++) {
      if (shared.get(block)) {
        keys[block] = keys[block].clone();
        values[block] = values[block].clone();
        shared.clear(block);
      }
    }
  }

  /// Writes the key and value of one position: `[kvHeads, headSize]` numbers of `k` from `kStart`,
  /// `[kvHeads, valueSize]` of `v` from `vStart`.
  void write(int position, float[] k, int kStart, float[] v, int vStart) {
    float[] keyBlock = keys[position / BLOCK];
    float[] valueBlock = values[position / BLOCK];
    int inBlock = position % BLOCK;
    for (int h = 0; h < kvHeads; h++) {
      int at = h * headSize * BLOCK + inBlock / LANES * headSize * LANES + inBlock % LANES;
      for (int d = 0; d < headSize; d++) {
        keyBlock[at + d * LANES] = k[kStart + h * headSize + d];
      }
      System.arraycopy(
          v, vStart + h * valueSize, valueBlock, (h * BLOCK + inBlock) * valueStride, valueSize);
    }
  }

  float[][] keys() {
    return keys;
  }

  float[][] values() {
    return values;
  }
}
