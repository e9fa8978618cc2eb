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
  /// 4 bits in blocks of 256 whose eight sub-blocks have 6-bit scales and minima.
  Q4_K(12, 256, 144),
  /// 5 bits in blocks of 256 whose eight sub-blocks have 6-bit scales and minima.
  Q5_K(13, 256, 176),
  /// 6 bits in blocks of 256 whose sixteen sub-blocks have 8-bit scales.
  Q6_K(14, 256, 210),
  /// The upper half of single precision.
  BF16(30, 1, 2);

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
