package dev.freehold.model.layer;

import dev.freehold.tensor.Kernels;
import java.util.Arrays;

/// Rotary position embedding (Su et al., arXiv 2104.09864): position `p` turns pair `i` of a head
/// by `p · frequencies[i]`. Angles are tabulated as far as positions were seen.
public final class RotaryEmbedding {

  private static final int POSITIONS_AT_ONCE = 256;

  private final Kernels.RotaryStyle style;
  private final double[] frequencies;
  private final float magnitude;
  private float[] cos = {};
  private float[] sin = {};
  private float[] minusSin = {};

  /// @param style how a head's numbers are paired
  /// @param frequencies radians a position for each pair; numbers of a head past the pairs stay
  /// @param magnitude what is turned is multiplied by it, usually 1
  public RotaryEmbedding(Kernels.RotaryStyle style, double[] frequencies, float magnitude) {
    this.style = style;
    this.frequencies = frequencies.clone();
    this.magnitude = magnitude;
  }

  /// Makes the table reach `length` positions.
  public void reach(int length) {
    int pairs = frequencies.length;
    int had = cos.length / pairs;
    if (length <= had) {
      return;
    }
    int positions = Math.ceilDiv(length, POSITIONS_AT_ONCE) * POSITIONS_AT_ONCE;
    cos = Arrays.copyOf(cos, positions * pairs);
    sin = Arrays.copyOf(sin, positions * pairs);
    minusSin = Arrays.copyOf(minusSin, positions * pairs);
    for (int p = had; p < positions; p++) {
      for (int i = 0; i < pairs; i++) {
        cos[p * pairs + i] = magnitude * (float) Math.cos(p * frequencies[i]);
        sin[p * pairs + i] = magnitude * (float) Math.sin(p * frequencies[i]);
        minusSin[p * pairs + i] = -sin[p * pairs + i];
      }
    }
  }

  /// Turns the heads at `x[start…]` that stand at `position`, which the table must reach.
  public void rotate(Kernels kernels, float[] x, int start, int heads, int headSize, int position) {
    int pairs = frequencies.length;
    kernels.rotate(x, start, heads, headSize, style, cos, sin, position * pairs, pairs);
  }

  /// Takes gradients of what [#rotate] gave back to what it was given: turns the other way.
  public void rotateBack(
      Kernels kernels, float[] x, int start, int heads, int headSize, int position) {
    int pairs = frequencies.length;
    kernels.rotate(x, start, heads, headSize, style, cos, minusSin, position * pairs, pairs);
  }
}
