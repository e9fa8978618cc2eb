package dev.freehold.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// 512 random blocks of each type against the `gguf` package, bit for bit;
/// `oracles/tensor_types.py` wrote the digests.
class DequantizerGoldensTest {

  private static final int BLOCKS = 512;

  private record Golden(int blockSize, int blockBytes, String digest) {}

  private static final Map<String, Golden> GOLDENS = goldens();

  private static Map<String, Golden> goldens() {
    try (InputStream stream = DequantizerGoldensTest.class.getResourceAsStream("dequantized.txt")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split(" "))
          .collect(
              Collectors.toMap(
                  word -> word[0],
                  word ->
                      new Golden(Integer.parseInt(word[1]), Integer.parseInt(word[2]), word[3])));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void everyTypeHasAGolden() {
    assertThat(GOLDENS).hasSize(TensorType.values().length);
  }

  @ParameterizedTest
  @EnumSource
  void everyWeightEqualsTheReferenceBitForBit(TensorType type) {
    Golden golden = GOLDENS.get(type.name());
    assertThat(type.blockSize()).isEqualTo(golden.blockSize);
    assertThat(type.blockBytes()).isEqualTo(golden.blockBytes);
    MemorySegment blocks = MemorySegment.ofArray(blocks(type));
    int count = BLOCKS * type.blockSize();
    float[] weights = new float[count];
    Dequantizer.dequantize(type, blocks, 0, weights, 0, count);
    assertThat(digest(weights)).isEqualTo(golden.digest);
  }

  @ParameterizedTest
  @EnumSource
  void theRowsOfAPackedMatrixEqualTheReferenceBitForBit(TensorType type) {
    int rows = 32;
    int columns = BLOCKS / rows * type.blockSize();
    float[] weights = new float[rows * columns];
    try (Workers workers = new Workers(1)) {
      Matrix matrix = Matrix.of(type, rows, columns, MemorySegment.ofArray(blocks(type)), workers);
      for (int row = 0; row < rows; row++) {
        matrix.row(row, weights, row * columns);
      }
      assertThat(matrix.bytes()).isLessThanOrEqualTo(Matrix.memory(type, weights.length) * 21 / 20);
    }
    assertThat(digest(weights)).isEqualTo(GOLDENS.get(type.name()).digest);
  }

  private static byte[] blocks(TensorType type) {
    int size = type.blockBytes();
    byte[] blocks = new byte[BLOCKS * size];
    for (int i = 0; i * 8 < blocks.length; i++) {
      long z = type.id() + (i + 1) * 0x9E3779B97F4A7C15L;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      z ^= z >>> 31;
      for (int b = 0; b < 8 && i * 8 + b < blocks.length; b++) {
        blocks[i * 8 + b] = (byte) (z >>> (8 * b));
      }
    }
    for (int at = 0; at < blocks.length; at += size) {
      for (int scale : exponents(type)) {
        blocks[at + scale] &= (byte) 0xbf;
      }
    }
    return blocks;
  }

  /// Bytes of a block that hold the exponent of a scale.
  private static int[] exponents(TensorType type) {
    return switch (type) {
      case F32 -> new int[] {3};
      case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {1, 3};
      case Q2_K -> new int[] {81, 83};
      case Q3_K -> new int[] {109};
      case Q6_K -> new int[] {209};
      case TQ1_0 -> new int[] {53};
      case TQ2_0 -> new int[] {65};
      case IQ1_M -> new int[] {55};
      case MXFP4, NVFP4 -> new int[0];
      case F16,
          BF16,
          Q4_0,
          Q5_0,
          Q8_0,
          IQ1_S,
          IQ2_XXS,
          IQ2_XS,
          IQ2_S,
          IQ3_XXS,
          IQ3_S,
          IQ4_NL,
          IQ4_XS ->
          new int[] {1};
    };
  }

  private static String digest(float[] weights) {
    ByteBuffer bytes = ByteBuffer.allocate(weights.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float weight : weights) {
      bytes.putFloat(weight + 0f); // one zero
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
