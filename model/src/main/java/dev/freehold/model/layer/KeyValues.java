package dev.freehold.model.layer;

import static dev.freehold.tensor.AttentionWork.BLOCK;
import static dev.freehold.tensor.AttentionWork.LANES;

import dev.freehold.model.StateNumbers;
import dev.freehold.tensor.AttentionWork;
import java.util.Arrays;
import java.util.BitSet;

/// The keys and values of one attention layer for one sequence, in blocks laid out as
/// [dev.freehold.tensor.AttentionWork] says.
///
/// A fork shares blocks; whoever writes into a shared one copies it first. Where the layer looks
/// back only so far, blocks that lie further back can be let go; the sequence can then no longer be
/// cut to where they would be seen again.
public final class KeyValues implements LayerState {

  private static final float[] GONE = {};

  private final int kvHeads;
  private final int headSize;
  private final int valueSize;
  private final int valueStride;
  private final int before;
  private float[][] keys = {};
  private float[][] values = {};
  private final BitSet shared = new BitSet();
  private int gone;

  /// @param kvHeads heads
  /// @param headSize numbers in a key
  /// @param valueSize numbers in a value
  /// @param before how many positions before its own a token sees
  public KeyValues(int kvHeads, int headSize, int valueSize, int before) {
    this.kvHeads = kvHeads;
    this.headSize = headSize;
    this.valueSize = valueSize;
    this.valueStride = AttentionWork.valueStride(valueSize);
    this.before = before;
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
      shared.clear(blocks, Math.max(blocks, shared.length()));
      gone = Math.min(gone, blocks);
    }
  }

  @Override
  public KeyValues fork(int length) {
    int blocks = Math.ceilDiv(length, BLOCK);
    KeyValues fork = new KeyValues(kvHeads, headSize, valueSize, before);
    fork.keys = Arrays.copyOf(keys, blocks);
    fork.values = Arrays.copyOf(values, blocks);
    fork.gone = Math.min(gone, blocks);
    fork.shared.set(0, blocks);
    shared.set(0, blocks);
    return fork;
  }

  @Override
  public int reachable(int length, int seen) {
    return gone == 0 || length - (long) before >= (long) gone * BLOCK ? length : 0;
  }

  @Override
  public void shrink(int seen) {
    int unseen = unseen(seen);
    for (; gone < unseen; gone++) {
      keys[gone] = GONE;
      values[gone] = GONE;
    }
  }

  /// Blocks at the beginning that no token after the first `length` sees.
  private int unseen(int length) {
    return Math.max(0, length - before) / BLOCK;
  }

  @Override
  public long bytes() {
    return (keys.length - gone) * blockBytes();
  }

  @Override
  public long growth(int length) {
    return Math.max(0, Math.ceilDiv(length, BLOCK) - keys.length) * blockBytes();
  }

  @Override
  public long bytes(int length) {
    return (Math.ceilDiv(length, BLOCK) - unseen(length)) * blockBytes();
  }

  @Override
  public void transfer(StateNumbers numbers) {
    int letGo = numbers.number(gone);
    if (letGo < gone || letGo > keys.length) {
      throw new IllegalArgumentException("%d of %d blocks let go".formatted(letGo, keys.length));
    }
    for (; gone < letGo; gone++) {
      keys[gone] = GONE;
      values[gone] = GONE;
    }
    for (int block = gone; block < keys.length; block++) {
      numbers.numbers(keys[block]);
      numbers.numbers(values[block]);
    }
  }

  private long blockBytes() {
    return (long) kvHeads * (headSize + valueStride) * BLOCK * Float.BYTES;
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
