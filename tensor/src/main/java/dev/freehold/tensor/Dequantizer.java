package dev.freehold.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Turns stored blocks into floats, one weight at a time: the scalar oracle that every kernel is
/// tested against. Layouts follow `ggml-quants.c`.
public final class Dequantizer {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Dequantizer() {}

  /// Writes `count` weights that start at byte `offset` of `source` to `target` from `start`.
  ///
  /// @param count weights, in whole blocks
  public static void dequantize(
      TensorType type, MemorySegment source, long offset, float[] target, int start, int count) {
    int size = type.blockSize();
    if (count % size != 0) {
      throw new IllegalArgumentException(count + " weights end inside a block of " + size);
    }
    long at = offset;
    for (int i = start; i < start + count; i += size, at += type.blockBytes()) {
      switch (type) {
        case F32 -> target[i] = source.get(FLOAT, at);
        case F16 -> target[i] = half(source, at);
        case BF16 -> target[i] = Float.intBitsToFloat(source.get(SHORT, at) << 16);
        case Q8_0 -> q80(source, at, target, i);
        case Q4_0 -> nibbles(source, at + 2, half(source, at), -8 * half(source, at), target, i);
        case Q4_1 -> nibbles(source, at + 4, half(source, at), half(source, at + 2), target, i);
        case Q5_0 -> {
          float d = half(source, at);
          fives(source, at + 6, source.get(INT, at + 2), d, -16 * d, target, i);
        }
        case Q5_1 -> {
          int high = source.get(INT, at + 4);
          fives(source, at + 8, high, half(source, at), half(source, at + 2), target, i);
        }
        case Q4_K -> q4k(source, at, target, i);
        case Q5_K -> q5k(source, at, target, i);
        case Q6_K -> q6k(source, at, target, i);
        case Q2_K -> FewBits.q2k(source, at, target, i);
        case Q3_K -> FewBits.q3k(source, at, target, i);
        case TQ1_0 -> FewBits.tq10(source, at, target, i);
        case TQ2_0 -> FewBits.tq20(source, at, target, i);
        case MXFP4 -> FewBits.mxfp4(source, at, target, i);
        case NVFP4 -> FewBits.nvfp4(source, at, target, i);
        case IQ4_NL -> FewBits.uneven(source, at + 2, half(source, at), target, i);
        case IQ4_XS -> FewBits.iq4xs(source, at, target, i);
        case IQ1_S -> GridBlocks.iq1s(source, at, target, i);
        case IQ1_M -> GridBlocks.iq1m(source, at, target, i);
        case IQ2_XXS -> GridBlocks.iq2xxs(source, at, target, i);
        case IQ2_XS -> GridBlocks.iq2xs(source, at, target, i);
        case IQ2_S -> GridBlocks.iq2s(source, at, target, i);
        case IQ3_XXS -> GridBlocks.iq3xxs(source, at, target, i);
        case IQ3_S -> GridBlocks.iq3s(source, at, target, i);
      }
    }
  }

  static float half(MemorySegment source, long at) {
    return Float.float16ToFloat(source.get(SHORT, at));
  }

  private static int bits(int value, int shift, int count) {
    return (value >>> shift) & ((1 << count) - 1);
  }

  private static int unsigned(MemorySegment source, long at) {
    return source.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }

  private static void q80(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at);
    for (int j = 0; j < 32; j++) {
      target[start + j] = d * source.get(ValueLayout.JAVA_BYTE, at + 2 + j);
    }
  }

  /// 32 weights of 4 bits: the low nibbles of 16 bytes, then their high ones.
  private static void nibbles(
      MemorySegment source, long at, float d, float m, float[] target, int start) {
    for (int j = 0; j < 16; j++) {
      int pair = unsigned(source, at + j);
      target[start + j] = d * bits(pair, 0, 4) + m;
      target[start + j + 16] = d * bits(pair, 4, 4) + m;
    }
  }

  private static void fives(
      MemorySegment source, long at, int high, float d, float m, float[] target, int start) {
    for (int j = 0; j < 16; j++) {
      int pair = unsigned(source, at + j);
      target[start + j] = d * (bits(pair, 0, 4) + 16 * bits(high, j, 1)) + m;
      target[start + j + 16] = d * (bits(pair, 4, 4) + 16 * bits(high, j + 16, 1)) + m;
    }
  }

  /// The 6-bit scale of sub-block `j` of a K block whose twelve bytes of scales start at `at`.
  static int kScale(MemorySegment source, long at, int j) {
    return j < 4
        ? bits(unsigned(source, at + j), 0, 6)
        : bits(unsigned(source, at + j + 4), 0, 4) + 16 * bits(unsigned(source, at + j - 4), 6, 2);
  }

  /// The 6-bit minimum of sub-block `j` of a K block whose twelve bytes of scales start at `at`.
  static int kMinimum(MemorySegment source, long at, int j) {
    return j < 4
        ? bits(unsigned(source, at + j + 4), 0, 6)
        : bits(unsigned(source, at + j + 4), 4, 4) + 16 * bits(unsigned(source, at + j), 6, 2);
  }

  private static void q4k(MemorySegment source, long at, float[] target, int start) {
    for (int j = 0; j < 8; j++) {
      float d = half(source, at) * kScale(source, at + 4, j);
      float m = half(source, at + 2) * kMinimum(source, at + 4, j);
      for (int l = 0; l < 32; l++) {
        int pair = unsigned(source, at + 16 + j / 2 * 32L + l);
        target[start + j * 32 + l] = d * bits(pair, j % 2 * 4, 4) - m;
      }
    }
  }

  private static void q5k(MemorySegment source, long at, float[] target, int start) {
    for (int j = 0; j < 8; j++) {
      float d = half(source, at) * kScale(source, at + 4, j);
      float m = half(source, at + 2) * kMinimum(source, at + 4, j);
      for (int l = 0; l < 32; l++) {
        int pair = unsigned(source, at + 48 + j / 2 * 32L + l);
        int high = bits(unsigned(source, at + 16 + l), j, 1);
        target[start + j * 32 + l] = d * (bits(pair, j % 2 * 4, 4) + 16 * high) - m;
      }
    }
  }

  private static void q6k(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at + 208);
    for (int j = 0; j < 256; j++) {
      target[start + j] =
          d * source.get(ValueLayout.JAVA_BYTE, at + 192 + j / 16) * (q6(source, at, j) - 32);
    }
  }

  /// Weight `j` of a Q6_K block as its unsigned 6-bit number: each half of 128 weights has 64 bytes
  /// of low nibbles and 32 bytes of high bits, four weights to a byte.
  static int q6(MemorySegment source, long at, int j) {
    int half = j / 128;
    int quarter = j % 128 / 32;
    int l = j % 32;
    int low = bits(unsigned(source, at + half * 64L + quarter % 2 * 32L + l), quarter / 2 * 4, 4);
    int high = bits(unsigned(source, at + 128 + half * 32L + l), quarter * 2, 2);
    return low + 16 * high;
  }
}
