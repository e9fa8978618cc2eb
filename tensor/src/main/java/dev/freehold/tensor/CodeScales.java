package dev.freehold.tensor;

import static dev.freehold.tensor.Panels.BLOCK;
import static dev.freehold.tensor.Panels.ROWS;

/// Scales of panels of codes, kept as narrow as the file has them, sixteen rows interleaved: a
/// half-precision number for each block of the file, a byte for each 16 or 32 columns within, or
/// one of the two. All products of the two are exact in single precision.
final class CodeScales {

  private final TensorType type;
  private final boolean halved;
  private final int blocks;
  private final int within;
  private final float factor;
  private final short[] outer; // [panels, file blocks, ROWS]
  private final short[] minima; // the same, for Q2_K
  private final byte[] inner; // [panels, file blocks, within, ROWS]
  private final float[] patterns; // what a byte stands for, where it is a float of its own

  CodeScales(TensorType type, int panels, int columns) {
    this.type = type;
    halved =
        switch (type) {
          case Q2_K, Q3_K, NVFP4, IQ1_M, IQ2_XS, IQ2_S -> true;
          default -> false;
        };
    factor =
        switch (type) {
          case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S -> 0.125f;
          case IQ3_XXS -> 0.25f;
          default -> 1;
        };
    boolean nested =
        type != TensorType.IQ4_NL && type != TensorType.TQ1_0 && type != TensorType.TQ2_0;
    boolean floats = type == TensorType.MXFP4 || type == TensorType.NVFP4;
    blocks = columns / type.blockSize();
    within = type.blockSize() / (halved ? 16 : BLOCK);
    int count = Math.multiplyExact(panels, blocks * ROWS);
    outer = new short[floats ? 0 : count];
    minima = new short[type == TensorType.Q2_K ? count : 0];
    inner = new byte[nested ? Math.multiplyExact(count, within) : 0];
    patterns = new float[floats ? 256 : 0];
    for (int bits = 0; bits < patterns.length; bits++) {
      patterns[bits] =
          type == TensorType.MXFP4 ? Codebooks.halfPower(bits) : Codebooks.halfE4M3(bits);
    }
  }

  /// Whether the two halves of a block of 32 columns have scales of their own.
  boolean halved() {
    return halved;
  }

  /// Whether there are offsets.
  boolean shifted() {
    return minima.length > 0;
  }

  void pack(int panel, int lane, byte[] source, int row) {
    for (int b = 0; b < blocks; b++) {
      int at = row + b * type.blockBytes();
      int target = panel * blocks + b;
      if (outer.length > 0) {
        outer[target * ROWS + lane] = Codes.outer(type, source, at);
      }
      if (minima.length > 0) {
        minima[target * ROWS + lane] = Blocks.shortAt(source, at + 82);
      }
      for (int i = 0; inner.length > 0 && i < within; i++) {
        inner[(target * within + i) * ROWS + lane] = Codes.inner(type, source, at, i);
      }
    }
  }

  void unpack(int panel, float[] scale, float[] offset) {
    int first = panel * blocks * ROWS;
    if (patterns.length > 0) {
      for (int i = 0; i < blocks * within * ROWS; i++) {
        scale[i] = patterns[inner[first * within + i] & 0xff];
      }
      return;
    }
    float[] d = new float[blocks * ROWS];
    Blocks.halves(outer, first, d, d.length);
    for (int b = 0; b < blocks; b++) {
      for (int i = 0; i < within; i++) {
        int at = (b * within + i) * ROWS;
        if (shifted()) {
          minimum(first, b, at, scale, offset, d);
        } else if (inner.length == 0) {
          System.arraycopy(d, b * ROWS, scale, at, ROWS);
        } else {
          for (int lane = 0; lane < ROWS; lane++) {
            scale[at + lane] = d[b * ROWS + lane] * factor * inner[first * within + at + lane];
          }
        }
      }
    }
  }

  private void minimum(int first, int b, int at, float[] scale, float[] offset, float[] d) {
    for (int lane = 0; lane < ROWS; lane++) {
      int both = inner[first * within + at + lane];
      scale[at + lane] = d[b * ROWS + lane] * (both & 15);
      float m = Float.float16ToFloat(minima[first + b * ROWS + lane]);
      offset[at + lane] = -m * ((both >>> 4) & 15);
    }
  }

  long bytes() {
    return ((long) outer.length + minima.length) * Short.BYTES + inner.length;
  }
}
