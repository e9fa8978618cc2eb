package dev.freehold.tensor;

import static dev.freehold.tensor.Dequantizer.half;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Dequantizes, one weight at a time, the types whose weights come in groups from a grid.
final class GridBlocks {

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final float DELTA = 0.125f;

  private GridBlocks() {}

  private static int unsigned(MemorySegment source, long at) {
    return source.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }

  private static int nibble(MemorySegment source, long at, int index) {
    return (unsigned(source, at + index / 2) >>> (index % 2 * 4)) & 15;
  }

  private static float signed(float weight, int signs, int j) {
    return ((signs >>> j) & 1) == 0 ? weight : -weight;
  }

  static void iq2xxs(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at);
    for (int group = 0; group < 32; group++) {
      long sub = at + 2 + group / 4 * 8L;
      int bits = source.get(INT, sub + 4);
      float scale = d * (0.5f + (bits >>> 28)) * 0.25f;
      int signs = Codebooks.signs((bits >>> (7 * (group % 4))) & 127);
      eights(
          Codebooks.IQ2_XXS,
          unsigned(source, sub + group % 4),
          scale,
          signs,
          target,
          start + group * 8);
    }
  }

  static void iq2xs(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at);
    for (int group = 0; group < 32; group++) {
      int bits = source.get(SHORT, at + 2 + group * 2L) & 0xffff;
      float scale = d * (0.5f + nibble(source, at + 66, group / 2)) * 0.25f;
      int signs = Codebooks.signs(bits >>> 9);
      eights(Codebooks.IQ2_XS, bits & 511, scale, signs, target, start + group * 8);
    }
  }

  static void iq2s(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at);
    for (int group = 0; group < 32; group++) {
      int high = (unsigned(source, at + 66 + group / 4) >>> (group % 4 * 2)) & 3;
      int index = unsigned(source, at + 2 + group) | (high << 8);
      float scale = d * (0.5f + nibble(source, at + 74, group / 2)) * 0.25f;
      int signs = unsigned(source, at + 34 + group);
      eights(Codebooks.IQ2_S, index, scale, signs, target, start + group * 8);
    }
  }

  private static void eights(
      short[] grid, int index, float scale, int signs, float[] target, int start) {
    for (int j = 0; j < 8; j++) {
      float weight = scale * Codebooks.TWO[Codebooks.eighth(grid, index, j)];
      target[start + j] = signed(weight, signs, j);
    }
  }

  static void iq3xxs(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at);
    for (int j = 0; j < 256; j++) {
      int bits = source.get(INT, at + 66 + j / 32 * 4L);
      float scale = d * (0.5f + (bits >>> 28)) * 0.5f;
      int digit = Codebooks.fourth(Codebooks.IQ3_XXS, unsigned(source, at + 2 + j / 4), j % 4);
      int signs = Codebooks.signs((bits >>> (j % 32 / 8 * 7)) & 127);
      target[start + j] = signed(scale * Codebooks.THREE_XXS[digit], signs, j % 8);
    }
  }

  static void iq3s(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at);
    for (int j = 0; j < 256; j++) {
      int group = j / 4;
      int high = (unsigned(source, at + 66 + group / 8) >>> (group % 8)) & 1;
      int index = unsigned(source, at + 2 + group) | (high << 8);
      float scale = d * (1 + 2 * nibble(source, at + 106, j / 32));
      int digit = Codebooks.fourth(Codebooks.IQ3_S, index, j % 4);
      int signs = unsigned(source, at + 74 + j / 8);
      target[start + j] = signed(scale * Codebooks.THREE_S[digit], signs, j % 8);
    }
  }

  static void iq1s(MemorySegment source, long at, float[] target, int start) {
    float d = half(source, at);
    for (int j = 0; j < 256; j++) {
      int group = j / 8;
      int bits = source.get(SHORT, at + 34 + j / 32 * 2L) & 0xffff;
      int index = unsigned(source, at + 2 + group) | (((bits >>> (group % 4 * 3)) & 7) << 8);
      float scale = d * (2 * ((bits >>> 12) & 7) + 1);
      float delta = (bits & 0x8000) == 0 ? DELTA : -DELTA;
      target[start + j] = scale * (Codebooks.eighth(Codebooks.IQ1, index, j % 8) - 1 + delta);
    }
  }

  static void iq1m(MemorySegment source, long at, float[] target, int start) {
    int outer = 0;
    for (int i = 0; i < 4; i++) {
      outer |= (source.get(SHORT, at + 48 + i * 2L) & 0xf000) >>> (12 - 4 * i);
    }
    float d = Float.float16ToFloat((short) outer);
    for (int j = 0; j < 256; j++) {
      int group = j / 8;
      int bits = nibble(source, at + 32, group);
      int index = unsigned(source, at + group) | ((bits & 7) << 8);
      int inner = (source.get(SHORT, at + 48 + j / 64 * 2L) >>> (j / 16 % 4 * 3)) & 7;
      float delta = (bits & 8) == 0 ? DELTA : -DELTA;
      float scale = d * (2 * inner + 1);
      target[start + j] = scale * (Codebooks.eighth(Codebooks.IQ1, index, j % 8) - 1 + delta);
    }
  }
}
