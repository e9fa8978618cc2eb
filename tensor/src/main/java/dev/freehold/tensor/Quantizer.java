package dev.freehold.tensor;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns floats into the blocks that [Dequantizer] reads.
///
/// Types of one scale (Q8_0, Q4_0, Q5_0, Q5_1) come out as the reference of the `gguf` package
/// writes them, bit for bit; where it is known what matters, those of 4 and 5 bits are fitted to it
/// by [BlockFit]. K types are fitted by [KFit]: weighted least squares over candidate scales, then
/// a search of the neighbours of the rounded ones. Stateless and thread-safe.
public final class Quantizer {

  /// The types that can be written.
  public static final Set<TensorType> TYPES =
      Set.copyOf(
          EnumSet.of(
              TensorType.F32,
              TensorType.F16,
              TensorType.BF16,
              TensorType.Q8_0,
              TensorType.Q4_0,
              TensorType.Q5_0,
              TensorType.Q5_1,
              TensorType.Q4_K,
              TensorType.Q5_K,
              TensorType.Q6_K));

  private Quantizer() {}

  /// Writes `count` weights of `x` from `start` as blocks to `target` from byte `at`.
  ///
  /// @param type one of [#TYPES]
  /// @param count weights, in whole blocks
  /// @param importance how much an error in each of these weights matters, or null where none is
  ///   known; Q8_0 and floats are exact enough without
  public static void quantize(
      TensorType type,
      float[] x,
      int start,
      int count,
      float @Nullable [] importance,
      byte[] target,
      int at) {
    int size = type.blockSize();
    if (count % size != 0) {
      throw new IllegalArgumentException(count + " weights end inside a block of " + size);
    }
    for (int i = 0; i < count; i += size) {
      int from = start + i;
      int to = at + i / size * type.blockBytes();
      switch (type) {
        case F32 -> Blocks.putInt(target, to, Float.floatToRawIntBits(x[from]));
        case F16 -> Blocks.putShort(target, to, Float.floatToFloat16(x[from]));
        case BF16 -> Blocks.putShort(target, to, brain(x[from]));
        case Q8_0 -> q80(x, from, target, to);
        case Q4_0 -> {
          if (importance == null) {
            q40(x, from, target, to);
          } else {
            fitted40(new BlockFit(x, from, importance, i).symmetric(8), target, to);
          }
        }
        case Q5_0 -> {
          if (importance == null) {
            q50(x, from, target, to);
          } else {
            fitted50(new BlockFit(x, from, importance, i).symmetric(16), target, to);
          }
        }
        case Q5_1 -> {
          if (importance == null) {
            q51(x, from, target, to);
          } else {
            fitted51(new BlockFit(x, from, importance, i).withMinimum(31), target, to);
          }
        }
        case Q4_K, Q5_K, Q6_K -> {
          float[] weights = importance == null ? null : Arrays.copyOfRange(importance, i, i + size);
          if (type == TensorType.Q6_K) {
            SixFit.write(x, from, weights, target, to);
          } else {
            KFit.write(type, x, from, weights, target, to);
          }
        }
        case Q4_1,
            Q2_K,
            Q3_K,
            IQ1_S,
            IQ1_M,
            IQ2_XXS,
            IQ2_XS,
            IQ2_S,
            IQ3_XXS,
            IQ3_S,
            IQ4_NL,
            IQ4_XS,
            TQ1_0,
            TQ2_0,
            MXFP4,
            NVFP4 ->
            throw new IllegalArgumentException("weights are not written as " + type);
      }
    }
  }

  /// Rounds to the nearest upper half, to even between two; a NaN stays one.
  private static short brain(float x) {
    int bits = Float.floatToRawIntBits(x);
    return Float.isNaN(x)
        ? (short) ((bits >>> 16) | 64)
        : (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /// Rounds to the nearest whole number, away from zero between two.
  static int round(float x) {
    float magnitude = Math.abs(x);
    float floor = (float) Math.floor(magnitude);
    float rounded = floor + (float) Math.floor(2 * (magnitude - floor));
    return (int) Math.copySign(rounded, x);
  }

  private static void q80(float[] x, int from, byte[] target, int at) {
    float largest = 0;
    for (int j = 0; j < 32; j++) {
      largest = Math.max(largest, Math.abs(x[from + j]));
    }
    float d = largest / 127;
    float inverse = d == 0 ? 0 : 1 / d;
    Blocks.putShort(target, at, Float.floatToFloat16(d));
    for (int j = 0; j < 32; j++) {
      target[at + 2 + j] = (byte) round(x[from + j] * inverse);
    }
  }

  /// The number of largest magnitude, the first where several are as large.
  private static float extreme(float[] x, int from, int count) {
    float extreme = x[from];
    for (int j = 1; j < count; j++) {
      if (Math.abs(x[from + j]) > Math.abs(extreme)) {
        extreme = x[from + j];
      }
    }
    return extreme;
  }

  private static void q40(float[] x, int from, byte[] target, int at) {
    float d = extreme(x, from, 32) / -8;
    float inverse = d == 0 ? 0 : 1 / d;
    Blocks.putShort(target, at, Float.floatToFloat16(d));
    for (int j = 0; j < 16; j++) {
      int low = Math.min(15, (int) (x[from + j] * inverse + 8.5f));
      int high = Math.min(15, (int) (x[from + j + 16] * inverse + 8.5f));
      target[at + 2 + j] = (byte) (low | (high << 4));
    }
  }

  private static void q50(float[] x, int from, byte[] target, int at) {
    float d = extreme(x, from, 32) / -16;
    float inverse = d == 0 ? 0 : 1 / d;
    int[] quants = new int[32];
    for (int j = 0; j < 32; j++) {
      quants[j] = Math.min(31, (int) (x[from + j] * inverse + 16.5f));
    }
    Blocks.putShort(target, at, Float.floatToFloat16(d));
    fives(quants, target, at + 2);
  }

  private static void q51(float[] x, int from, byte[] target, int at) {
    float least = x[from];
    float most = x[from];
    for (int j = 1; j < 32; j++) {
      least = Math.min(least, x[from + j]);
      most = Math.max(most, x[from + j]);
    }
    float d = (most - least) / 31;
    float inverse = d == 0 ? 0 : 1 / d;
    int[] quants = new int[32];
    for (int j = 0; j < 32; j++) {
      quants[j] = Math.clamp((int) ((x[from + j] - least) * inverse + 0.5f), 0, 31);
    }
    Blocks.putShort(target, at, Float.floatToFloat16(d));
    Blocks.putShort(target, at + 2, Float.floatToFloat16(least));
    fives(quants, target, at + 4);
  }

  private static void fitted40(BlockFit fit, byte[] target, int at) {
    Blocks.putShort(target, at, fit.scale());
    for (int j = 0; j < 16; j++) {
      target[at + 2 + j] = (byte) ((fit.quant(j) + 8) | ((fit.quant(j + 16) + 8) << 4));
    }
  }

  private static void fitted50(BlockFit fit, byte[] target, int at) {
    int[] quants = new int[32];
    Arrays.setAll(quants, j -> fit.quant(j) + 16);
    Blocks.putShort(target, at, fit.scale());
    fives(quants, target, at + 2);
  }

  private static void fitted51(BlockFit fit, byte[] target, int at) {
    int[] quants = new int[32];
    Arrays.setAll(quants, fit::quant);
    Blocks.putShort(target, at, fit.scale());
    Blocks.putShort(target, at + 2, fit.minimum());
    fives(quants, target, at + 4);
  }

  /// Fifth bits as an int, then nibbles.
  private static void fives(int[] quants, byte[] target, int at) {
    int high = 0;
    for (int j = 0; j < 32; j++) {
      high |= (quants[j] >>> 4) << j;
    }
    Blocks.putInt(target, at, high);
    for (int j = 0; j < 16; j++) {
      target[at + 4 + j] = (byte) ((quants[j] & 15) | ((quants[j + 16] & 15) << 4));
    }
  }
}
