package dev.freehold.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/// Matrices of random bits whose scales are numbers.
final class RandomBlocks {

  private RandomBlocks() {}

  /// Random quants; scales between the given exponents of two, of either sign, some of them zero.
  static MemorySegment of(
      TensorType type, int rows, int columns, RandomGenerator random, int low, int high) {
    byte[] bytes = new byte[(int) type.bytes((long) rows * columns)];
    random.nextBytes(bytes);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < bytes.length; at += type.blockBytes()) {
      switch (type) {
        case F32 -> buffer.putFloat(at, scale(random, low, high));
        case BF16 ->
            buffer.putShort(at, (short) (Float.floatToIntBits(scale(random, low, high)) >>> 16));
        case F16, Q8_0, Q4_0, Q5_0 -> half(buffer, at, random, low, high);
        case Q4_1, Q5_1, Q4_K, Q5_K -> {
          half(buffer, at, random, low, high);
          half(buffer, at + 2, random, low, high);
        }
        case Q6_K -> half(buffer, at + 208, random, low, high);
        case Q2_K -> {
          half(buffer, at + 80, random, low, high);
          half(buffer, at + 82, random, low, high);
        }
        case Q3_K -> half(buffer, at + 108, random, low, high);
        case TQ1_0 -> half(buffer, at + 52, random, low, high);
        case TQ2_0 -> half(buffer, at + 64, random, low, high);
        case IQ1_S, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_NL, IQ4_XS ->
            half(buffer, at, random, low, high);
        case IQ1_M -> {
          short bits = Float.floatToFloat16(scale(random, low, high));
          for (int i = 0; i < 4; i++) {
            int nibble = (bits >>> (4 * i)) & 15;
            int upper = buffer.get(at + 49 + 2 * i) & 15;
            buffer.put(at + 49 + 2 * i, (byte) ((nibble << 4) | upper));
          }
        }
        case MXFP4 -> buffer.put(at, (byte) (127 + random.nextInt(low, high)));
        case NVFP4 -> {}
      }
    }
    return MemorySegment.ofArray(bytes);
  }

  private static void half(ByteBuffer buffer, int at, RandomGenerator random, int low, int high) {
    buffer.putShort(at, Float.floatToFloat16(scale(random, low, high)));
  }

  private static float scale(RandomGenerator random, int low, int high) {
    if (random.nextInt(20) == 0) {
      return 0;
    }
    float magnitude = Math.scalb(random.nextFloat(1, 2), random.nextInt(low, high));
    return random.nextBoolean() ? magnitude : -magnitude;
  }
}
