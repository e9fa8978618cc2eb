package dev.freehold.model.layer;

import dev.freehold.tensor.Kernels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Rotary position embedding (Su et al., arXiv 2104.09864): position `p` turns pair `i` of a head
/// by `p · base^(−2i/dimensions) / factor(i)`. Angles are tabulated as far as positions were seen.
public final class RotaryEmbedding {

  private static final int POSITIONS_AT_ONCE = 256;

  private final Kernels.RotaryStyle style;
  private final double[] frequencies;
  private float[] cos = {};
  private float[] sin = {};

  /// @param style how a head's numbers are paired
  /// @param dimensions how many numbers of a head are turned
  /// @param base base of the frequencies
  /// @param scale positions are divided by this: 1, or the factor of linear scaling
  /// @param factors a divisor for each frequency (`rope_freqs.weight`), or null
  public RotaryEmbedding(
      Kernels.RotaryStyle style,
      int dimensions,
      float base,
      float scale,
      float @Nullable [] factors) {
    this.style = style;
    frequencies = new double[dimensions / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double factor = factors == null ? scale : (double) scale * factors[i];
      frequencies[i] = Math.pow(base, -2.0 * i / dimensions) / factor;
    }
  }

  /// Makes the table reach `length` positions.
  void reach(int length) {
    int pairs = frequencies.length;
    int had = cos.length / pairs;
    if (length <= had) {
      return;
    }
    int positions = Math.ceilDiv(length, POSITIONS_AT_ONCE) * POSITIONS_AT_ONCE;
    cos = Arrays.copyOf(cos, positions * pairs);
    sin = Arrays.copyOf(sin, positions * pairs);
    for (int p = had; p < positions; p++) {
      for (int i = 0; i < pairs; i++) {
        cos[p * pairs + i] = (float) Math.cos(p * frequencies[i]);
        sin[p * pairs + i] = (float) Math.sin(p * frequencies[i]);
      }
    }
  }

  /// Turns the heads at `x[start…]` that stand at `position`, which the table must reach.
  void rotate(Kernels kernels, float[] x, int start, int heads, int headSize, int position) {
    int pairs = frequencies.length;
    kernels.rotate(x, start, heads, headSize, style, cos, sin, position * pairs, pairs);
  }
}
