package dev.freehold.tensor;

import static dev.freehold.tensor.Dequantizer.half;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Dequantizes, one weight at a time, the types of few bits that need no grid.
final class FewBits {

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int[] POWERS = {1, 3, 9, 27, 81};

  private FewBits() {}

  private static int unsigned(MemorySegment source, long at) {
    return source.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }

  /// Two bits of weight `j` of a block of 256: 32 bytes hold four stretches of 32 weights.
  private static int twoBits(MemorySegment source, long at, int j) {
    return (unsigned(source, at + j / 128 * 32L + j % 32) >>> (j % 128 / 32 * 2)) & 3;
  }

  static void q2k(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at + 80);
    float m = half(source, at + 82);
    for (int j = 0; j < 256; j++) {
      int scales = unsigned(source, at + j / 16);
      float scale = d * (scales & 15);
      target[start + j] = scale * twoBits(source, at + 16, j) - m * (scales >>> 4);
    }
  }

  static void q3k(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at + 108);
    for (int j = 0; j < 256; j++) {
      int sub = j / 16;
      int low = (unsigned(source, at + 96 + sub % 8) >>> (sub / 8 * 4)) & 15;
      int high = (unsigned(source, at + 104 + sub % 4) >>> (sub / 4 * 2)) & 3;
      int present = (unsigned(source, at + j % 32) >>> (j / 32)) & 1;
      float scale = d * ((low | (high << 4)) - 32);
      target[start + j] = scale * (twoBits(source, at + 32, j) - 4 * (1 - present));
    }
  }

  static void uneven(MemorySegment source, long at, float d, float[] target, int start) {
    for (int j = 0; j < 16; j++) {
      int pair = unsigned(source, at + j);
      target[start + j] = d * Codebooks.UNEVEN[pair & 15];
      target[start + j + 16] = d * Codebooks.UNEVEN[pair >>> 4];
    }
  }

  static void iq4xs(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at);
    int high = source.get(SHORT, at + 2);
    for (int sub = 0; sub < 8; sub++) {
      int scale = (unsigned(source, at + 4 + sub / 2) >>> (sub % 2 * 4)) & 15;
      scale |= ((high >>> (2 * sub)) & 3) << 4;
      uneven(source, at + 8 + sub * 16L, d * (scale - 32), target, start + sub * 32);
    }
  }

  static void mxfp4(MemorySegment source, long at, float[] target, int start) {
    float d = Codebooks.halfPower(unsigned(source, at));
    for (int j = 0; j < 16; j++) {
      int pair = unsigned(source, at + 1 + j);
      target[start + j] = d * Codebooks.E2M1[pair & 15];
      target[start + j + 16] = d * Codebooks.E2M1[pair >>> 4];
    }
  }

  static void nvfp4(MemorySegment source, long at, float[] target, int start) {
    for (int j = 0; j < 64; j++) {
      float d = Codebooks.halfE4M3(unsigned(source, at + j / 16));
      int pair = unsigned(source, at + 4 + j / 16 * 8L + j % 8);
      target[start + j] = d * Codebooks.E2M1[(pair >>> (j % 16 / 8 * 4)) & 15];
    }
  }

  static void tq10(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at + 52);
    for (int j = 0; j < 256; j++) {
      int packed;
      int digit;
      if (j < 160) {
        packed = unsigned(source, at + j % 32);
        digit = j / 32;
      } else if (j < 240) {
        packed = unsigned(source, at + 32 + j % 16);
        digit = (j - 160) / 16;
      } else {
        packed = unsigned(source, at + 48 + j % 4);
        digit = (j - 240) / 4;
      }
      int shifted = (packed * POWERS[digit]) & 0xff;
      target[start + j] = d * (((shifted * 3) >>> 8) - 1);
    }
  }

  static void tq20(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at + 64);
    for (int j = 0; j < 256; j++) {
      target[start + j] = d * (twoBits(source, at, j) - 1);
    }
  }
}
