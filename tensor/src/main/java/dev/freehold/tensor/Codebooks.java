package dev.freehold.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The codebooks that GGUF's IQ and 4-bit float types refer to: part of the file format, written to
/// `codebooks.bin` by `oracles/tensor_types.py`. An entry of a grid is eight digits of 2 bits or
/// four of 3, the first one lowest.
final class Codebooks {

  /// What the sixteen 4-bit numbers of IQ4_NL and IQ4_XS stand for.
  static final byte[] UNEVEN = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /// Twice the sixteen 4-bit floats E2M1.
  static final byte[] E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

  /// What the digits of the IQ2 types stand for.
  static final byte[] TWO = {8, 25, 43};

  /// What the digits of IQ3_XXS stand for.
  static final byte[] THREE_XXS = {4, 12, 20, 28, 36, 44, 52, 62};

  /// What the digits of IQ3_S stand for.
  static final byte[] THREE_S = {1, 3, 5, 7, 9, 11, 13, 15};

  static final short[] IQ2_XXS;
  static final short[] IQ2_XS;
  static final short[] IQ2_S;
  static final short[] IQ1;
  static final short[] IQ3_XXS;
  static final short[] IQ3_S;

  static {
    try (InputStream stream = Codebooks.class.getResourceAsStream("codebooks.bin")) {
      if (stream == null) {
        throw new IOException("codebooks.bin is missing");
      }
      ByteBuffer bytes = ByteBuffer.wrap(stream.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      IQ2_XXS = grid(bytes, 256);
      IQ2_XS = grid(bytes, 512);
      IQ2_S = grid(bytes, 1024);
      IQ1 = grid(bytes, 2048);
      IQ3_XXS = grid(bytes, 256);
      IQ3_S = grid(bytes, 512);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Codebooks() {}

  private static short[] grid(ByteBuffer bytes, int size) {
    short[] grid = new short[size];
    bytes.asShortBuffer().get(grid);
    bytes.position(bytes.position() + size * Short.BYTES);
    return grid;
  }

  /// Digit `j` of entry `index` of a grid of eights.
  static int eighth(short[] grid, int index, int j) {
    return (grid[index] >>> (2 * j)) & 3;
  }

  /// Digit `j` of entry `index` of a grid of fours.
  static int fourth(short[] grid, int index, int j) {
    return (grid[index] >>> (3 * j)) & 7;
  }

  /// Eight signs from seven bits: the last makes their number even.
  static int signs(int seven) {
    return seven | ((Integer.bitCount(seven) & 1) << 7);
  }

  /// Half of the power of two with exponent byte `e` (E8M0), to go with twice the floats of E2M1.
  static float halfPower(int e) {
    return Float.intBitsToFloat(e < 2 ? 0x00200000 << e : (e - 1) << 23);
  }

  /// Half of the unsigned 8-bit float E4M3 in `bits`, to go with twice the floats of E2M1.
  static float halfE4M3(int bits) {
    if (bits == 0 || bits == 0x7f) {
      return 0;
    }
    int exponent = (bits >>> 3) & 15;
    int mantissa = bits & 7;
    return exponent == 0 ? mantissa * 0x1p-10f : Math.scalb(1 + mantissa / 8f, exponent - 8);
  }
}
