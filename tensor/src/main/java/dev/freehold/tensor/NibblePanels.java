package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.FLOATS;
import static dev.freehold.tensor.Lanes.toFloat;
import static dev.freehold.tensor.Lanes.unsigned;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Types of 4, 5 and 6 bits, sixteen rows interleaved. A byte holds the low four bits of columns
/// `j` and `j + 16` of a block. Types of 5 and 6 bits have one or two planes beside them: an int
/// for each row and block whose bit `(4 + plane + k) mod 32` is bit `4 + plane` of column `k`, so
/// that a shift by `j` brings it where it belongs, of columns `j + 16` after a rotation by 16.
///
/// Loops are kept to few vector operations, since C2 gives up on long bodies; but the methods that
/// hold them are longer than 325 bytecodes, past which C2 does not inline them into their callers:
/// two kernels inlined into one caller exceed its budget, and every vector operation of theirs is
/// then a call.
final class NibblePanels extends Panels {

  private static final int BLOCK_BYTES = BLOCK / 2 * ROWS;

  private final TensorType type;
  private final int planes;
  private final byte[] quants; // [panels, blocks, BLOCK / 2, ROWS]
  private final int[] high; // [panels, blocks, planes, ROWS]
  private final NibbleScales scales;

  NibblePanels(TensorType type, int panels, int columns) {
    super(columns);
    this.type = type;
    planes =
        switch (type) {
          case Q5_0, Q5_1, Q5_K -> 1;
          case Q6_K -> 2;
          case Q4_0, Q4_1, Q4_K -> 0;
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
    int blocks = Math.multiplyExact(panels, columns / BLOCK);
    quants = new byte[Math.multiplyExact(blocks, BLOCK_BYTES)];
    high = new int[Math.multiplyExact(blocks, planes * ROWS)];
    scales = NibbleScales.of(type, panels, columns);
  }

  @Override
  void pack(int panel, byte[] source, int rows) {
    int blocks = columns / BLOCK;
    int rowBytes = (int) type.bytes(columns);
    byte[] block = new byte[BLOCK];
    for (int lane = 0; lane < rows; lane++) {
      for (int b = 0; b < blocks; b++) {
        Blocks.quants(type, source, lane * rowBytes, b, block);
        int target = (panel * blocks + b) * BLOCK_BYTES + lane;
        for (int j = 0; j < BLOCK / 2; j++) {
          quants[target + j * ROWS] = (byte) ((block[j] & 15) | (block[j + BLOCK / 2] << 4));
        }
        for (int plane = 0; plane < planes; plane++) {
          high[((panel * blocks + b) * planes + plane) * ROWS + lane] = plane(block, plane);
        }
      }
      scales.pack(panel, lane, source, lane * rowBytes);
    }
  }

  private static int plane(byte[] block, int plane) {
    int bits = 0;
    for (int k = 0; k < BLOCK; k++) {
      bits |= ((block[k] >>> (4 + plane)) & 1) << ((4 + plane + k) % 32);
    }
    return bits;
  }

  @Override
  long bytes() {
    return quants.length + (long) high.length * Integer.BYTES + scales.bytes();
  }

  @Override
  void scales(int panel, float[] scale, float[] offset) {
    scales.unpack(panel, scale, offset);
  }

  @Override
  void dequantize(
      int panel, int from, int to, float[] scale, float[] offset, float[] w, int start) {
    int blocks = columns / BLOCK;
    for (int half = 0; half < ROWS; half += Lanes.COUNT) {
      int target = start + half;
      for (int b = from / BLOCK; b < to / BLOCK; b++, target += BLOCK * ROWS) {
        int at = (panel * blocks + b) * BLOCK_BYTES + half;
        int first = scales.halved() ? 2 * b : b;
        int second = scales.halved() ? 2 * b + 1 : b;
        FloatVector d0 = FloatVector.fromArray(FLOATS, scale, first * ROWS + half);
        FloatVector m0 = FloatVector.fromArray(FLOATS, offset, first * ROWS + half);
        FloatVector d1 = FloatVector.fromArray(FLOATS, scale, second * ROWS + half);
        FloatVector m1 = FloatVector.fromArray(FLOATS, offset, second * ROWS + half);
        if (planes == 0) {
          dequantize(at, d0, m0, w, target);
        } else {
          int bits = (panel * blocks + b) * planes * ROWS + half;
          dequantize(at, bits, d0, m0, d1, m1, w, target);
        }
      }
    }
  }

  private void dequantize(int start, FloatVector d, FloatVector m, float[] w, int target) {
    for (int j = 0; j < BLOCK / 2; j++) {
      IntVector pair = unsigned(quants, start + j * ROWS);
      toFloat(pair.and(15)).fma(d, m).intoArray(w, target + j * ROWS);
      toFloat(pair.lanewise(VectorOperators.LSHR, 4))
          .fma(d, m)
          .intoArray(w, target + (j + 16) * ROWS);
    }
  }

  private void dequantize(
      int start,
      int bits,
      FloatVector d0,
      FloatVector m0,
      FloatVector d1,
      FloatVector m1,
      float[] w,
      int target) {
    IntVector five = IntVector.fromArray(Lanes.INTS, high, bits);
    IntVector six = planes == 2 ? IntVector.fromArray(Lanes.INTS, high, bits + ROWS) : five;
    int mask = planes == 2 ? 32 : 16; // without a second plane the first is read twice
    for (int j = 0; j < BLOCK / 2; j++) {
      IntVector pair = unsigned(quants, start + j * ROWS);
      IntVector low = with(with(pair.and(15), five, j, 16), six, j, mask);
      IntVector up = pair.lanewise(VectorOperators.LSHR, 4);
      up = with(with(up, rotated(five), j, 16), rotated(six), j, mask);
      toFloat(low).fma(d0, m0).intoArray(w, target + j * ROWS);
      toFloat(up).fma(d1, m1).intoArray(w, target + (j + 16) * ROWS);
    }
  }

  private static IntVector rotated(IntVector bits) {
    return bits.lanewise(VectorOperators.ROR, 16);
  }

  private static IntVector with(IntVector low, IntVector bits, int j, int mask) {
    return low.or(bits.lanewise(VectorOperators.LSHR, j).and(mask));
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
        int q = (quants[at + lane] >>> (column / 16 * 4)) & 15;
        for (int plane = 0; plane < planes; plane++) {
          int bits = high[(block * planes + plane) * ROWS + lane];
          q |= ((bits >>> ((4 + plane + column) % 32)) & 1) << (4 + plane);
        }
        w[start + (k - from) * ROWS + lane] = scale[scaleAt + lane] * q + offset[scaleAt + lane];
      }
    }
  }

  @Override
  void dot(
      int panel, float[] x, float[] sums, float[] scale, float[] offset, float[] y, int start) {
    for (int half = 0; half < ROWS; half += Lanes.COUNT) {
      int at = panel * (columns / BLOCK) * BLOCK_BYTES + half;
      int bits = panel * (columns / BLOCK) * planes * ROWS + half;
      FloatVector total =
          switch (planes) {
            case 0 -> dotFours(at, x, sums, scale, offset, half);
            case 1 -> dotFives(at, bits, x, sums, scale, offset, half);
            default -> dotSixes(at, bits, x, sums, scale, offset, half);
          };
      total.intoArray(y, start + half);
    }
  }

  private FloatVector dotFours(
      int start, float[] x, float[] sums, float[] scale, float[] offset, int half) {
    FloatVector total = FloatVector.zero(FLOATS);
    int at = start;
    for (int b = 0; b < columns / BLOCK; b++) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = FloatVector.zero(FLOATS);
      FloatVector s2 = FloatVector.zero(FLOATS);
      FloatVector s3 = FloatVector.zero(FLOATS);
      int k = b * BLOCK;
      for (int j = 0; j < BLOCK / 2; j += 2, k += 2, at += 2 * ROWS) {
        IntVector even = unsigned(quants, at);
        IntVector odd = unsigned(quants, at + ROWS);
        IntVector evenUp = even.lanewise(VectorOperators.LSHR, 4);
        IntVector oddUp = odd.lanewise(VectorOperators.LSHR, 4);
        s0 = toFloat(even.and(15)).fma(FloatVector.broadcast(FLOATS, x[k]), s0);
        s1 = toFloat(evenUp).fma(FloatVector.broadcast(FLOATS, x[k + 16]), s1);
        s2 = toFloat(odd.and(15)).fma(FloatVector.broadcast(FLOATS, x[k + 1]), s2);
        s3 = toFloat(oddUp).fma(FloatVector.broadcast(FLOATS, x[k + 17]), s3);
      }
      float sum = sums[2 * b] + sums[2 * b + 1];
      total =
          FloatVector.fromArray(FLOATS, offset, b * ROWS + half)
              .fma(FloatVector.broadcast(FLOATS, sum), total);
      total =
          s0.add(s1)
              .add(s2.add(s3))
              .fma(FloatVector.fromArray(FLOATS, scale, b * ROWS + half), total);
    }
    return total;
  }

  private FloatVector dotFives(
      int start, int bits, float[] x, float[] sums, float[] scale, float[] offset, int half) {
    FloatVector total = FloatVector.zero(FLOATS);
    int at = start;
    for (int b = 0; b < columns / BLOCK; b++) {
      IntVector five = IntVector.fromArray(Lanes.INTS, high, bits + b * ROWS);
      IntVector turned = rotated(five);
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = FloatVector.zero(FLOATS);
      int k = b * BLOCK;
      for (int j = 0; j < BLOCK / 2; j++, k++, at += ROWS) {
        IntVector pair = unsigned(quants, at);
        IntVector up = pair.lanewise(VectorOperators.LSHR, 4);
        s0 = toFloat(with(pair.and(15), five, j, 16)).fma(FloatVector.broadcast(FLOATS, x[k]), s0);
        s1 = toFloat(with(up, turned, j, 16)).fma(FloatVector.broadcast(FLOATS, x[k + 16]), s1);
      }
      float sum = sums[2 * b] + sums[2 * b + 1];
      total =
          FloatVector.fromArray(FLOATS, offset, b * ROWS + half)
              .fma(FloatVector.broadcast(FLOATS, sum), total);
      total = s0.add(s1).fma(FloatVector.fromArray(FLOATS, scale, b * ROWS + half), total);
    }
    return total;
  }

  private FloatVector dotSixes(
      int start, int bits, float[] x, float[] sums, float[] scale, float[] offset, int half) {
    FloatVector total = FloatVector.zero(FLOATS);
    int at = start;
    for (int b = 0; b < columns / BLOCK; b++) {
      IntVector five = IntVector.fromArray(Lanes.INTS, high, bits + 2 * b * ROWS);
      IntVector six = IntVector.fromArray(Lanes.INTS, high, bits + (2 * b + 1) * ROWS);
      IntVector turnedFive = rotated(five);
      IntVector turnedSix = rotated(six);
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = FloatVector.zero(FLOATS);
      int k = b * BLOCK;
      for (int j = 0; j < BLOCK / 2; j++, k++, at += ROWS) {
        IntVector pair = unsigned(quants, at);
        IntVector up = pair.lanewise(VectorOperators.LSHR, 4);
        IntVector low = with(with(pair.and(15), five, j, 16), six, j, 32);
        s0 = toFloat(low).fma(FloatVector.broadcast(FLOATS, x[k]), s0);
        s1 =
            toFloat(with(with(up, turnedFive, j, 16), turnedSix, j, 32))
                .fma(FloatVector.broadcast(FLOATS, x[k + 16]), s1);
      }
      int first = 2 * b * ROWS + half;
      total =
          FloatVector.fromArray(FLOATS, offset, first)
              .fma(FloatVector.broadcast(FLOATS, sums[2 * b]), total);
      total = s0.fma(FloatVector.fromArray(FLOATS, scale, first), total);
      total =
          FloatVector.fromArray(FLOATS, offset, first + ROWS)
              .fma(FloatVector.broadcast(FLOATS, sums[2 * b + 1]), total);
      total = s1.fma(FloatVector.fromArray(FLOATS, scale, first + ROWS), total);
    }
    return total;
  }
}
