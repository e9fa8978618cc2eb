package dev.freehold.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizerTest {

  /// The same numbers as `oracles/tensor_types.py` makes.
  private static float[] numbers() {
    float[] numbers = new float[8192];
    for (int i = 0; i < numbers.length; i++) {
      long z = 99 + (i + 1) * 0x9E3779B97F4A7C15L;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      z ^= z >>> 31;
      numbers[i] = ((z >>> 40) / (float) (1 << 23) - 1) * Math.scalb(1f, (int) (z & 15) - 8);
    }
    Arrays.fill(numbers, 4096, 4128, 0);
    return numbers;
  }

  private static byte[] quantized(TensorType type, float[] x, float[] importance) {
    byte[] target = new byte[(int) type.bytes(x.length)];
    Quantizer.quantize(type, x, 0, x.length, importance, target, 0);
    return target;
  }

  @ParameterizedTest
  @ValueSource(strings = {"F16", "BF16", "Q8_0", "Q4_0", "Q5_0", "Q5_1"})
  void blocksEqualThoseOfTheReferenceBitForBit(String name) throws Exception {
    byte[] blocks = quantized(TensorType.valueOf(name), numbers(), null);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(blocks));
    assertThat(goldens()).contains(name + " " + digest);
  }

  private static String goldens() throws IOException {
    try (InputStream stream = QuantizerTest.class.getResourceAsStream("quantized.txt")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({"Q4_K, 0.072", "Q5_K, 0.035", "Q6_K, 0.019"})
  void kTypesStayWithinTheErrorTheirBitsAllow(TensorType type, double bound) {
    Random random = new Random(5);
    float[] x = new float[1 << 16];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian() * 0.02f;
    }
    assertThat(error(type, x, null, null)).isLessThan(bound);
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
  void importanceMovesTheErrorToWhereItMattersLess(TensorType type) {
    Random random = new Random(6);
    float[] x = new float[1 << 14];
    float[] importance = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
      importance[i] = i % 4 == 0 ? 100 : 0.01f;
    }
    assertThat(error(type, x, importance, importance)).isLessThan(error(type, x, null, importance));
  }

  /// Root of the mean square, relative, weighted where `weights` is given.
  private static double error(TensorType type, float[] x, float[] importance, float[] weights) {
    float[] back = new float[x.length];
    MemorySegment blocks = MemorySegment.ofArray(quantized(type, x, importance));
    Dequantizer.dequantize(type, blocks, 0, back, 0, x.length);
    double error = 0;
    double size = 0;
    for (int i = 0; i < x.length; i++) {
      double weight = weights == null ? 1 : weights[i];
      error += weight * Math.pow(back[i] - x[i], 2);
      size += weight * x[i] * x[i];
    }
    return Math.sqrt(error / size);
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
  void extremesGiveNumbers(TensorType type) {
    extremesGiveNumbers(type, null);
    float[] importance = new float[1024];
    Arrays.fill(importance, 10, 1000, 0.5f);
    extremesGiveNumbers(type, importance);
  }

  private static void extremesGiveNumbers(TensorType type, float[] importance) {
    float[] x = new float[1024];
    Arrays.fill(x, 0, 256, 0);
    Arrays.fill(x, 256, 512, 3e-8f);
    Arrays.fill(x, 512, 768, -1000);
    x[800] = 3e4f;
    x[801] = -3e4f;
    float[] back = new float[x.length];
    MemorySegment blocks = MemorySegment.ofArray(quantized(type, x, importance));
    Dequantizer.dequantize(type, blocks, 0, back, 0, x.length);
    for (int i = 0; i < back.length; i++) {
      assertThat(Float.isFinite(back[i])).isTrue();
    }
    assertThat(back[600]).isBetween(-1040f, -960f);
  }

  @Test
  void whatIsQuantizedTwiceStaysTheSame() {
    float[] x = numbers();
    float[] back = new float[x.length];
    byte[] once = quantized(TensorType.Q8_0, x, null);
    Dequantizer.dequantize(TensorType.Q8_0, MemorySegment.ofArray(once), 0, back, 0, back.length);
    float[] again = new float[x.length];
    Dequantizer.dequantize(
        TensorType.Q8_0,
        MemorySegment.ofArray(quantized(TensorType.Q8_0, back, null)),
        0,
        again,
        0,
        again.length);
    for (int i = 0; i < back.length; i++) {
      assertThat(again[i])
          .isEqualTo(back[i], org.assertj.core.api.Assertions.within(Math.abs(back[i]) * 2e-3f));
    }
  }
}
