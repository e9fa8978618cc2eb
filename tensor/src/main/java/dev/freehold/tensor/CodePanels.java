package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.FLOATS;
import static dev.freehold.tensor.Lanes.INTS;
import static dev.freehold.tensor.Lanes.unsigned;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Types whose weights are one of at most sixteen numbers times a scale, sixteen rows interleaved:
/// 4 bits a weight, whatever the file takes, that a vector register of sixteen numbers decodes. It
/// is exact: grids, signs and shifts of the IQ types have no more than sixteen outcomes.
///
/// A byte holds the codes of columns `j` and `j + 16` of a block. See [NibblePanels] on the length
/// of loops and methods.
final class CodePanels extends Panels {

  private static final int BLOCK_BYTES = BLOCK / 2 * ROWS;

  private final TensorType type;
  private final byte[] codes; // [panels, blocks, BLOCK / 2, ROWS]
  private final CodeScales scales;
  private final float[] table;
  private final int[] bits;

  CodePanels(TensorType type, int panels, int columns) {
    super(columns);
    this.type = type;
    int blocks = Math.multiplyExact(panels, columns / BLOCK);
    codes = new byte[Math.multiplyExact(blocks, BLOCK_BYTES)];
    scales = new CodeScales(type, panels, columns);
    table = Codes.table(type);
    bits = new int[table.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(table[i]);
    }
  }

  @Override
  void pack(int panel, byte[] source, int rows) {
    int blocks = columns / BLOCK;
    int rowBytes = (int) type.bytes(columns);
    byte[] block = new byte[BLOCK];
    for (int lane = 0; lane < rows; lane++) {
      for (int b = 0; b < blocks; b++) {
        Codes.read(type, source, lane * rowBytes, b, block);
        int target = (panel * blocks + b) * BLOCK_BYTES + lane;
        for (int j = 0; j < BLOCK / 2; j++) {
          codes[target + j * ROWS] = (byte) (block[j] | (block[j + BLOCK / 2] << 4));
        }
      }
      scales.pack(panel, lane, source, lane * rowBytes);
    }
  }

  @Override
  long bytes() {
    return codes.length + scales.bytes();
  }

  @Override
  void scales(int panel, float[] scale, float[] offset) {
    scales.unpack(panel, scale, offset);
  }

  /// The numbers that `code` stands for; bits above the fourth are not looked at.
  private static FloatVector decoded(IntVector code, IntVector low, IntVector high) {
    if (Lanes.COUNT == 16) {
      return code.selectFrom(low).reinterpretAsFloats();
    }
    return code.selectFrom(low)
        .blend(code.selectFrom(high), code.and(8).compare(VectorOperators.NE, 0))
        .reinterpretAsFloats();
  }

  @Override
  void dequantize(
      int panel, int from, int to, float[] scale, float[] offset, float[] w, int start) {
    IntVector low = IntVector.fromArray(INTS, bits, 0);
    IntVector high = IntVector.fromArray(INTS, bits, 16 - Lanes.COUNT);
    int blocks = columns / BLOCK;
    for (int half = 0; half < ROWS; half += Lanes.COUNT) {
      int target = start + half;
      for (int b = from / BLOCK; b < to / BLOCK; b++, target += BLOCK * ROWS) {
        int at = (panel * blocks + b) * BLOCK_BYTES + half;
        int first = (scales.halved() ? 2 * b : b) * ROWS + half;
        int second = scales.halved() ? first + ROWS : first;
        FloatVector d0 = FloatVector.fromArray(FLOATS, scale, first);
        FloatVector d1 = FloatVector.fromArray(FLOATS, scale, second);
        if (scales.shifted()) {
          FloatVector m0 = FloatVector.fromArray(FLOATS, offset, first);
          FloatVector m1 = FloatVector.fromArray(FLOATS, offset, second);
          shifted(at, d0, m0, d1, m1, w, target, low, high);
        } else {
          plain(at, d0, d1, w, target, low, high);
        }
      }
    }
  }

  private void plain(
      int start,
      FloatVector d0,
      FloatVector d1,
      float[] w,
      int target,
      IntVector low,
      IntVector high) {
    for (int j = 0; j < BLOCK / 2; j++) {
      IntVector pair = unsigned(codes, start + j * ROWS);
      decoded(pair, low, high).mul(d0).intoArray(w, target + j * ROWS);
      decoded(pair.lanewise(VectorOperators.LSHR, 4), low, high)
          .mul(d1)
          .intoArray(w, target + (j + 16) * ROWS);
    }
  }

  private void shifted(
      int start,
      FloatVector d0,
      FloatVector m0,
      FloatVector d1,
      FloatVector m1,
      float[] w,
      int target,
      IntVector low,
      IntVector high) {
    for (int j = 0; j < BLOCK / 2; j++) {
      IntVector pair = unsigned(codes, start + j * ROWS);
      decoded(pair, low, high).fma(d0, m0).intoArray(w, target + j * ROWS);
      decoded(pair.lanewise(VectorOperators.LSHR, 4), low, high)
          .fma(d1, m1)
          .intoArray(w, target + (j + 16) * ROWS);
    }
  }

  @Override
  void dequantizeScalar(
      int panel, int from, int to, float[] scale, float[] offset, float[] w, int start) {
    for (int k = from; k < to; k++) {
      int block = panel * (columns / BLOCK) + k / BLOCK;
      int column = k % BLOCK;
      int at = block * BLOCK_BYTES + column % 16 * ROWS;
      int scaleAt = (scales.halved() ? k / 16 : k / BLOCK) * ROWS;
      for (int lane = 0; lane < ROWS; lane++) {
        int code = (codes[at + lane] >>> (column / 16 * 4)) & 15;
        float weight = scale[scaleAt + lane] * table[code];
        w[start + (k - from) * ROWS + lane] =
            scales.shifted() ? weight + offset[scaleAt + lane] : weight;
      }
    }
  }

  @Override
  void dot(
      int panel, float[] x, float[] sums, float[] scale, float[] offset, float[] y, int start) {
    for (int half = 0; half < ROWS; half += Lanes.COUNT) {
      int at = panel * (columns / BLOCK) * BLOCK_BYTES + half;
      FloatVector total = dotCodes(at, x, scale, half);
      if (scales.shifted()) {
        for (int i = 0; i < columns / 16; i++) {
          total =
              FloatVector.fromArray(FLOATS, offset, i * ROWS + half)
                  .fma(FloatVector.broadcast(FLOATS, sums[i]), total);
        }
      }
      total.intoArray(y, start + half);
    }
  }

  private FloatVector dotCodes(int start, float[] x, float[] scale, int half) {
    IntVector low = IntVector.fromArray(INTS, bits, 0);
    IntVector high = IntVector.fromArray(INTS, bits, 16 - Lanes.COUNT);
    FloatVector total = FloatVector.zero(FLOATS);
    int stride = scales.halved() ? 2 * ROWS : ROWS;
    int apart = scales.halved() ? ROWS : 0;
    int at = start;
    for (int b = 0; b < columns / BLOCK; b++) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = FloatVector.zero(FLOATS);
      FloatVector s2 = FloatVector.zero(FLOATS);
      FloatVector s3 = FloatVector.zero(FLOATS);
      int k = b * BLOCK;
      for (int j = 0; j < BLOCK / 2; j += 2, k += 2, at += 2 * ROWS) {
        IntVector even = unsigned(codes, at);
        IntVector odd = unsigned(codes, at + ROWS);
        IntVector evenUp = even.lanewise(VectorOperators.LSHR, 4);
        IntVector oddUp = odd.lanewise(VectorOperators.LSHR, 4);
        s0 = decoded(even, low, high).fma(FloatVector.broadcast(FLOATS, x[k]), s0);
        s1 = decoded(evenUp, low, high).fma(FloatVector.broadcast(FLOATS, x[k + 16]), s1);
        s2 = decoded(odd, low, high).fma(FloatVector.broadcast(FLOATS, x[k + 1]), s2);
        s3 = decoded(oddUp, low, high).fma(FloatVector.broadcast(FLOATS, x[k + 17]), s3);
      }
      int first = b * stride + half;
      total = s0.add(s2).fma(FloatVector.fromArray(FLOATS, scale, first), total);
      total = s1.add(s3).fma(FloatVector.fromArray(FLOATS, scale, first + apart), total);
    }
    return total;
  }
}
