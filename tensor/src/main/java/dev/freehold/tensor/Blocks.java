package dev.freehold.tensor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads the blocks of GGUF's quantised types out of byte arrays: their integers without their
/// scales. [Dequantizer] reads the same layouts independently, as floats.
final class Blocks {

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Blocks() {}

  static short shortAt(byte[] source, int at) {
    return (short) SHORT.get(source, at);
  }

  static int intAt(byte[] source, int at) {
    return (int) INT.get(source, at);
  }

  static void putShort(byte[] target, int at, short value) {
    SHORT.set(target, at, value);
  }

  static void putInt(byte[] target, int at, int value) {
    INT.set(target, at, value);
  }

  /// Half precision to single; a plain loop, which the compiler turns into the conversion
  /// instruction where there is one.
  static void halves(short[] source, int at, float[] target, int count) {
    for (int i = 0; i < count; i++) {
      target[i] = Float.float16ToFloat(source[at + i]);
    }
  }

  /// The unsigned integers of the 32 weights that begin at weight `32 · index` of a row of blocks
  /// of `type` that starts at byte `row`.
  static void quants(TensorType type, byte[] source, int row, int index, byte[] target) {
    int at = row + index * type.blockBytes();
    int super256 = row + index / 8 * type.blockBytes();
    switch (type) {
      case Q4_0 -> nibbles(source, at + 2, 0, target);
      case Q4_1 -> nibbles(source, at + 4, 0, target);
      case Q5_0 -> nibbles(source, at + 6, intAt(source, at + 2), target);
      case Q5_1 -> nibbles(source, at + 8, intAt(source, at + 4), target);
      case Q4_K -> kNibbles(source, super256 + 16, index % 8, target);
      case Q5_K -> {
        kNibbles(source, super256 + 48, index % 8, target);
        for (int j = 0; j < 32; j++) {
          target[j] |= (byte) (((source[super256 + 16 + j] >>> (index % 8)) & 1) << 4);
        }
      }
      case Q6_K -> sixes(source, super256, index % 8, target);
      case F32,
          F16,
          BF16,
          Q8_0,
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
          throw new IllegalArgumentException(type + " has no plain nibbles");
    }
  }

  private static void nibbles(byte[] source, int at, int high, byte[] target) {
    for (int j = 0; j < 16; j++) {
      int pair = source[at + j] & 0xff;
      target[j] = (byte) ((pair & 15) | (((high >>> j) & 1) << 4));
      target[j + 16] = (byte) ((pair >>> 4) | (((high >>> (j + 16)) & 1) << 4));
    }
  }

  private static void kNibbles(byte[] source, int at, int sub, byte[] target) {
    int shift = sub % 2 * 4;
    int from = at + sub / 2 * 32;
    for (int j = 0; j < 32; j++) {
      target[j] = (byte) ((source[from + j] >>> shift) & 15);
    }
  }

  private static void sixes(byte[] source, int at, int sub, byte[] target) {
    int quarter = sub % 4;
    int low = at + sub / 4 * 64 + quarter % 2 * 32;
    int high = at + 128 + sub / 4 * 32;
    for (int j = 0; j < 32; j++) {
      int bits = (source[low + j] >>> (quarter / 2 * 4)) & 15;
      target[j] = (byte) (bits | (((source[high + j] >>> (quarter * 2)) & 3) << 4));
    }
  }

  /// The 6-bit scale of sub-block `sub` of a K block, from its twelve bytes at `at`.
  static byte kScale(byte[] source, int at, int sub) {
    return (byte)
        (sub < 4
            ? source[at + sub] & 63
            : (source[at + sub + 4] & 15) | (((source[at + sub - 4] & 0xff) >>> 6) << 4));
  }

  /// The 6-bit minimum of sub-block `sub` of a K block, from its twelve bytes at `at`.
  static byte kMinimum(byte[] source, int at, int sub) {
    return (byte)
        (sub < 4
            ? source[at + sub + 4] & 63
            : ((source[at + sub + 4] & 0xff) >>> 4) | (((source[at + sub] & 0xff) >>> 6) << 4));
  }
}
