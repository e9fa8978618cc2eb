package dev.freehold.tensor;

import static dev.freehold.tensor.Panels.BLOCK;
import static dev.freehold.tensor.Panels.ROWS;

/// Scales and offsets of panels of nibbles, kept as narrow as the file has them, sixteen rows
/// interleaved. Unpacked, each block of 32 columns has 16 scales and 16 offsets for its first half
/// of columns and then, for Q6_K alone, as many for its second: weight = scale · q + offset.
abstract sealed class NibbleScales {

  /// Whether the two halves of a block have scales of their own.
  abstract boolean halved();

  abstract void pack(int panel, int lane, byte[] source, int row);

  abstract void unpack(int panel, float[] scale, float[] offset);

  abstract long bytes();

  static NibbleScales of(TensorType type, int panels, int columns) {
    return switch (type) {
      case Q4_0 -> new Plain(type, panels, columns, -8);
      case Q5_0 -> new Plain(type, panels, columns, -16);
      case Q4_1, Q5_1 -> new Plain(type, panels, columns, 0);
      case Q4_K, Q5_K -> new Nested(type, panels, columns);
      case Q6_K -> new Sixths(panels, columns);
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
    };
  }

  /// A half-precision scale a block, and an offset that is stored too or a multiple of the scale.
  private static final class Plain extends NibbleScales {
    private final TensorType type;
    private final int blocks;
    private final short[] scales;
    private final short[] offsets;
    private final float factor;

    Plain(TensorType type, int panels, int columns, float factor) {
      this.type = type;
      this.factor = factor;
      blocks = columns / BLOCK;
      scales = new short[panels * blocks * ROWS];
      offsets = factor == 0 ? new short[scales.length] : new short[0];
    }

    @Override
    boolean halved() {
      return false;
    }

    @Override
    void pack(int panel, int lane, byte[] source, int row) {
      for (int b = 0; b < blocks; b++) {
        int at = row + b * type.blockBytes();
        int target = (panel * blocks + b) * ROWS + lane;
        scales[target] = Blocks.shortAt(source, at);
        if (factor == 0) {
          offsets[target] = Blocks.shortAt(source, at + 2);
        }
      }
    }

    @Override
    void unpack(int panel, float[] scale, float[] offset) {
      int count = blocks * ROWS;
      Blocks.halves(scales, panel * count, scale, count);
      if (factor == 0) {
        Blocks.halves(offsets, panel * count, offset, count);
      } else {
        for (int i = 0; i < count; i++) {
          offset[i] = factor * scale[i];
        }
      }
    }

    @Override
    long bytes() {
      return (scales.length + (long) offsets.length) * Short.BYTES;
    }
  }

  /// Half-precision scale and minimum for 256 columns, 6-bit ones within for each 32.
  private static final class Nested extends NibbleScales {
    private static final int INNER = 8;
    private final TensorType type;
    private final int supers;
    private final short[] scales;
    private final short[] minima;
    private final byte[] innerScales;
    private final byte[] innerMinima;

    Nested(TensorType type, int panels, int columns) {
      this.type = type;
      supers = columns / type.blockSize();
      scales = new short[panels * supers * ROWS];
      minima = new short[scales.length];
      innerScales = new byte[scales.length * INNER];
      innerMinima = new byte[innerScales.length];
    }

    @Override
    boolean halved() {
      return false;
    }

    @Override
    void pack(int panel, int lane, byte[] source, int row) {
      for (int s = 0; s < supers; s++) {
        int at = row + s * type.blockBytes();
        int target = panel * supers + s;
        scales[target * ROWS + lane] = Blocks.shortAt(source, at);
        minima[target * ROWS + lane] = Blocks.shortAt(source, at + 2);
        for (int i = 0; i < INNER; i++) {
          int inner = (target * INNER + i) * ROWS + lane;
          innerScales[inner] = Blocks.kScale(source, at + 4, i);
          innerMinima[inner] = Blocks.kMinimum(source, at + 4, i);
        }
      }
    }

    @Override
    void unpack(int panel, float[] scale, float[] offset) {
      float[] d = new float[supers * ROWS];
      float[] m = new float[supers * ROWS];
      Blocks.halves(scales, panel * supers * ROWS, d, d.length);
      Blocks.halves(minima, panel * supers * ROWS, m, m.length);
      int inner = panel * supers * INNER * ROWS;
      for (int b = 0; b < supers * INNER; b++) {
        int outer = b / INNER * ROWS;
        for (int lane = 0; lane < ROWS; lane++) {
          int at = b * ROWS + lane;
          scale[at] = d[outer + lane] * innerScales[inner + at];
          offset[at] = -m[outer + lane] * innerMinima[inner + at];
        }
      }
    }

    @Override
    long bytes() {
      return 2L * scales.length * Short.BYTES + 2L * innerScales.length;
    }
  }

  /// Half-precision scale for 256 columns, 8-bit ones within for each 16; weights are stored 32 up.
  private static final class Sixths extends NibbleScales {
    private static final int INNER = 16;
    private final int supers;
    private final short[] scales;
    private final byte[] innerScales;

    Sixths(int panels, int columns) {
      supers = columns / TensorType.Q6_K.blockSize();
      scales = new short[panels * supers * ROWS];
      innerScales = new byte[scales.length * INNER];
    }

    @Override
    boolean halved() {
      return true;
    }

    @Override
    void pack(int panel, int lane, byte[] source, int row) {
      for (int s = 0; s < supers; s++) {
        int at = row + s * TensorType.Q6_K.blockBytes();
        int target = panel * supers + s;
        scales[target * ROWS + lane] = Blocks.shortAt(source, at + 208);
        for (int i = 0; i < INNER; i++) {
          innerScales[(target * INNER + i) * ROWS + lane] = source[at + 192 + i];
        }
      }
    }

    @Override
    void unpack(int panel, float[] scale, float[] offset) {
      float[] d = new float[supers * ROWS];
      Blocks.halves(scales, panel * supers * ROWS, d, d.length);
      int inner = panel * supers * INNER * ROWS;
      for (int b = 0; b < supers * INNER; b++) {
        int outer = b / INNER * ROWS;
        for (int lane = 0; lane < ROWS; lane++) {
          int at = b * ROWS + lane;
          scale[at] = d[outer + lane] * innerScales[inner + at];
          offset[at] = -32 * scale[at];
        }
      }
    }

    @Override
    long bytes() {
      return (long) scales.length * Short.BYTES + innerScales.length;
    }
  }
}
