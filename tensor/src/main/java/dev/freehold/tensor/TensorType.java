package dev.freehold.tensor;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// How the numbers of a tensor are stored: plain floats, or blocks of small integers that share a
/// scale. Ids, block sizes and layouts are those of GGUF (`ggml.h`, `ggml-common.h`).
public enum TensorType {
  /// IEEE 754 single precision.
  F32(0, 1, 4),
  /// IEEE 754 half precision.
  F16(1, 1, 2),
  /// 4 bits, weight = d·(q − 8).
  Q4_0(2, 32, 18),
  /// 4 bits, weight = d·q + m.
  Q4_1(3, 32, 20),
  /// 5 bits, weight = d·(q − 16).
  Q5_0(6, 32, 22),
  /// 5 bits, weight = d·q + m.
  Q5_1(7, 32, 24),
  /// 8 bits, weight = d·q.
  Q8_0(8, 32, 34),
  /// 2 bits in blocks of 256 whose sixteen sub-blocks have 4-bit scales and minima.
  Q2_K(10, 256, 84),
  /// 3 bits in blocks of 256 whose sixteen sub-blocks have 6-bit scales.
  Q3_K(11, 256, 110),
  /// 4 bits in blocks of 256 whose eight sub-blocks have 6-bit scales and minima.
  Q4_K(12, 256, 144),
  /// 5 bits in blocks of 256 whose eight sub-blocks have 6-bit scales and minima.
  Q5_K(13, 256, 176),
  /// 6 bits in blocks of 256 whose sixteen sub-blocks have 8-bit scales.
  Q6_K(14, 256, 210),
  /// Groups of eight from a codebook of 256, signs of even parity, 4-bit scales for each 32.
  IQ2_XXS(16, 256, 66),
  /// Groups of eight from a codebook of 512, signs of even parity, 4-bit scales for each 16.
  IQ2_XS(17, 256, 74),
  /// Groups of four from a codebook of 256, signs of even parity, 4-bit scales for each 32.
  IQ3_XXS(18, 256, 98),
  /// Groups of eight from a codebook of 2048, 3-bit scales and a shift for each 32.
  IQ1_S(19, 256, 50),
  /// 4 bits that stand for sixteen numbers spaced unevenly.
  IQ4_NL(20, 32, 18),
  /// Groups of four from a codebook of 512, a sign each, 4-bit scales for each 32.
  IQ3_S(21, 256, 110),
  /// Groups of eight from a codebook of 1024, a sign each, 4-bit scales for each 16.
  IQ2_S(22, 256, 82),
  /// 4 bits that stand for the numbers of IQ4_NL, 6-bit scales for each 32.
  IQ4_XS(23, 256, 136),
  /// Groups of eight from a codebook of 2048, a shift for each, 3-bit scales for each 16.
  IQ1_M(29, 256, 56),
  /// The upper half of single precision.
  BF16(30, 1, 2),
  /// −1, 0 or 1, five to a byte.
  TQ1_0(34, 256, 54),
  /// −1, 0 or 1, four to a byte.
  TQ2_0(35, 256, 66),
  /// 4-bit floats (E2M1) with a power of two for each 32: OCP Microscaling Formats 1.0.
  MXFP4(39, 32, 17),
  /// 4-bit floats (E2M1) with an 8-bit float (E4M3) for each 16.
  NVFP4(40, 64, 36);

  private final int id;
  private final int blockSize;
  private final int blockBytes;

  TensorType(int id, int blockSize, int blockBytes) {
    this.id = id;
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
  }

  /// Weights in a block.
  public int blockSize() {
    return blockSize;
  }

  /// Bytes of a block.
  public int blockBytes() {
    return blockBytes;
  }

  /// Bytes of `weights` weights, which must fill whole blocks.
  ///
  /// @throws ArithmeticException where the number overflows or ends inside a block
  public long bytes(long weights) {
    if (weights % blockSize != 0) {
      throw new ArithmeticException(weights + " weights do not fill blocks of " + blockSize);
    }
    return Math.multiplyExact(weights / blockSize, (long) blockBytes);
  }

  /// The type with GGUF's number `id`, or empty where it is none of these.
  public static Optional<TensorType> ofId(int id) {
    return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
  }

  /// GGUF's number of this type.
  public int id() {
    return id;
  }

  /// All names, for a message that says what is served.
  public static String names() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }
}
