package dev.freehold.tensor;

import static dev.freehold.tensor.Blocks.intAt;
import static dev.freehold.tensor.Blocks.shortAt;

/// Reads the types that [CodePanels] hold: every weight as one of sixteen codes, the scales apart.
/// [Dequantizer] reads the same layouts independently, as floats. Bit 3 of a code is the sign where
/// the type has signs, and the shift's sign where it has shifts.
final class Codes {

  private Codes() {}

  private static int at(byte[] source, int at) {
    return source[at] & 0xff;
  }

  private static int nibble(byte[] source, int at, int index) {
    return (source[at + (index >> 1)] >>> ((index & 1) << 2)) & 15;
  }

  /// The numbers that the codes of `type` stand for.
  static float[] table(TensorType type) {
    float[] table = new float[16];
    for (int code = 0; code < 16; code++) {
      int low = code & 7;
      int sign = code < 8 ? 1 : -1;
      table[code] =
          switch (type) {
            case Q2_K -> code;
            case Q3_K -> code - 4;
            case TQ1_0, TQ2_0 -> code - 1;
            case IQ4_NL, IQ4_XS -> Codebooks.UNEVEN[code];
            case MXFP4, NVFP4 -> Codebooks.E2M1[code];
            case IQ1_S, IQ1_M -> 8 * (low - 1) + sign;
            case IQ2_XXS, IQ2_XS, IQ2_S -> low < 3 ? sign * Codebooks.TWO[low] : 0;
            case IQ3_XXS -> sign * Codebooks.THREE_XXS[low];
            case IQ3_S -> sign * Codebooks.THREE_S[low];
            case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K ->
                throw new IllegalArgumentException(type + " has no codes");
          };
    }
    return table;
  }

  /// Writes the codes of the 32 weights that begin at weight `32 · index` of the row at byte `row`.
  static void read(TensorType type, byte[] source, int row, int index, byte[] codes) {
    int own = row + index * 32 / type.blockSize() * type.blockBytes();
    int sub = index * 32 % type.blockSize() / 32;
    switch (type) {
      case Q2_K -> twos(source, own + 16, sub, codes);
      case Q3_K -> {
        twos(source, own + 32, sub, codes);
        for (int j = 0; j < 32; j++) {
          codes[j] |= (byte) (((source[own + j] >>> sub) & 1) << 2);
        }
      }
      case TQ1_0 -> thirds(source, own, sub, codes);
      case TQ2_0 -> twos(source, own, sub, codes);
      case IQ4_NL -> pairs(source, own + 2, 16, codes, 0);
      case IQ4_XS -> pairs(source, own + 8 + 16 * sub, 16, codes, 0);
      case MXFP4 -> pairs(source, own + 1, 16, codes, 0);
      case NVFP4 -> {
        pairs(source, own + 4 + 16 * sub, 8, codes, 0);
        pairs(source, own + 12 + 16 * sub, 8, codes, 16);
      }
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S -> {
        for (int i = 0; i < 4; i++) {
          eight(type, source, own, 4 * sub + i, codes, 8 * i);
        }
      }
      case IQ3_XXS, IQ3_S -> {
        for (int i = 0; i < 8; i++) {
          four(type, source, own, 8 * sub + i, codes, 4 * i);
        }
      }
      case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K ->
          throw new IllegalArgumentException(type + " has no codes");
    }
  }

  private static void twos(byte[] source, int from, int sub, byte[] codes) {
    for (int j = 0; j < 32; j++) {
      codes[j] = (byte) ((source[from + sub / 4 * 32 + j] >>> (sub % 4 * 2)) & 3);
    }
  }

  /// Five digits to base 3, most significant first, scaled so that they fill the byte.
  private static void thirds(byte[] source, int own, int sub, byte[] codes) {
    for (int j = 0; j < 32; j++) {
      int weight = 32 * sub + j;
      int from = weight < 160 ? own : weight < 240 ? own + 32 : own + 48;
      int width = weight < 160 ? 32 : weight < 240 ? 16 : 4;
      int within = weight < 160 ? weight : weight < 240 ? weight - 160 : weight - 240;
      int rest = at(source, from + within % width);
      for (int digit = within / width; digit > 0; digit--) {
        rest = (rest * 3) & 0xff;
      }
      codes[j] = (byte) ((rest * 3) >>> 8);
    }
  }

  private static void pairs(byte[] source, int from, int count, byte[] codes, int start) {
    for (int j = 0; j < count; j++) {
      codes[start + j] = (byte) (source[from + j] & 15);
      codes[start + count + j] = (byte) ((source[from + j] >>> 4) & 15);
    }
  }

  private static void eight(
      TensorType type, byte[] source, int own, int group, byte[] codes, int start) {
    int signs;
    int entry;
    switch (type) {
      case IQ2_XXS -> {
        int sub = own + 2 + group / 4 * 8;
        signs = Codebooks.signs((intAt(source, sub + 4) >>> (7 * (group & 3))) & 127);
        entry = Codebooks.IQ2_XXS[at(source, sub + (group & 3))];
      }
      case IQ2_XS -> {
        int bits = shortAt(source, own + 2 + 2 * group);
        signs = Codebooks.signs((bits >>> 9) & 127);
        entry = Codebooks.IQ2_XS[bits & 511];
      }
      case IQ2_S -> {
        int high = (at(source, own + 66 + group / 4) >>> (2 * (group & 3))) & 3;
        signs = at(source, own + 34 + group);
        entry = Codebooks.IQ2_S[(high << 8) | at(source, own + 2 + group)];
      }
      case IQ1_S -> {
        int bits = shortAt(source, own + 34 + group / 4 * 2);
        signs = bits < 0 ? 0xff : 0;
        int high = (bits >>> (3 * (group & 3))) & 7;
        entry = Codebooks.IQ1[(high << 8) | at(source, own + 2 + group)];
      }
      case IQ1_M -> {
        int bits = nibble(source, own + 32, group);
        signs = (bits & 8) != 0 ? 0xff : 0;
        entry = Codebooks.IQ1[((bits & 7) << 8) | at(source, own + group)];
      }
      default -> throw new IllegalArgumentException(type + " has no grid of eights");
    }
    for (int j = 0; j < 8; j++) {
      codes[start + j] = (byte) (((entry >>> (2 * j)) & 3) | (((signs >>> j) & 1) << 3));
    }
  }

  private static void four(
      TensorType type, byte[] source, int own, int group, byte[] codes, int start) {
    int signs;
    int entry;
    if (type == TensorType.IQ3_XXS) {
      int bits = intAt(source, own + 66 + group / 8 * 4);
      signs = Codebooks.signs((bits >>> (group % 8 / 2 * 7)) & 127);
      entry = Codebooks.IQ3_XXS[at(source, own + 2 + group)];
    } else {
      int high = (at(source, own + 66 + group / 8) >>> (group & 7)) & 1;
      signs = at(source, own + 74 + group / 2);
      entry = Codebooks.IQ3_S[(high << 8) | at(source, own + 2 + group)];
    }
    for (int j = 0; j < 4; j++) {
      int sign = (signs >>> (4 * (group & 1) + j)) & 1;
      codes[start + j] = (byte) (((entry >>> (3 * j)) & 7) | (sign << 3));
    }
  }

  /// Bits of the half-precision scale of the block at byte `own`.
  static short outer(TensorType type, byte[] source, int own) {
    return switch (type) {
      case Q2_K -> shortAt(source, own + 80);
      case Q3_K -> shortAt(source, own + 108);
      case TQ1_0 -> shortAt(source, own + 52);
      case TQ2_0 -> shortAt(source, own + 64);
      case IQ1_M ->
          (short)
              ((at(source, own + 49) >>> 4)
                  | (at(source, own + 51) & 0xf0)
                  | ((at(source, own + 53) & 0xf0) << 4)
                  | ((at(source, own + 55) & 0xf0) << 8));
      case IQ1_S, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_NL, IQ4_XS -> shortAt(source, own);
      case MXFP4, NVFP4, F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K ->
          throw new IllegalArgumentException(type + " has no such scale");
    };
  }

  /// The scale within the block at byte `own` of its 16 or 32 weights number `index`, as a whole
  /// number to be multiplied with [#outer] and [CodeScales]'s factor, or as a bit pattern.
  static byte inner(TensorType type, byte[] source, int own, int index) {
    return (byte)
        switch (type) {
          case Q2_K, MXFP4, NVFP4 -> source[own + index];
          case Q3_K -> {
            int low = (at(source, own + 96 + (index & 7)) >>> (index / 8 * 4)) & 15;
            int high = (at(source, own + 104 + (index & 3)) >>> (index / 4 * 2)) & 3;
            yield (low | (high << 4)) - 32;
          }
          case IQ4_XS -> {
            int high = (shortAt(source, own + 2) >>> (2 * index)) & 3;
            yield (nibble(source, own + 4, index) | (high << 4)) - 32;
          }
          case IQ2_XXS -> 2 * (intAt(source, own + 6 + 8 * index) >>> 28) + 1;
          case IQ2_XS -> 2 * nibble(source, own + 66, index) + 1;
          case IQ2_S -> 2 * nibble(source, own + 74, index) + 1;
          case IQ3_XXS -> 2 * (intAt(source, own + 66 + 4 * index) >>> 28) + 1;
          case IQ3_S -> 2 * nibble(source, own + 106, index) + 1;
          case IQ1_S -> 2 * ((shortAt(source, own + 34 + 2 * index) >>> 12) & 7) + 1;
          case IQ1_M -> {
            int bits = shortAt(source, own + 48 + index / 4 * 2);
            yield 2 * ((bits >>> (3 * (index & 3))) & 7) + 1;
          }
          case IQ4_NL,
              TQ1_0,
              TQ2_0,
              F32,
              F16,
              BF16,
              Q8_0,
              Q4_0,
              Q4_1,
              Q5_0,
              Q5_1,
              Q4_K,
              Q5_K,
              Q6_K ->
              throw new IllegalArgumentException(type + " has no inner scales");
        };
  }
}
