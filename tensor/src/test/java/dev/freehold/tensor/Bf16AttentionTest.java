package dev.freehold.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Products of attention in bf16, as the processor has them, beside those of floats.
class Bf16AttentionTest {

  private static final int BLOCK = Bf16Attention.BLOCK;

  private final SplittableRandom random = new SplittableRandom(7);

  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static double difference(float[] found, float[] exact) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < exact.length; i++) {
      difference += Math.pow((double) found[i] - exact[i], 2);
      length += Math.pow(exact[i], 2);
    }
    return Math.sqrt(difference / length);
  }

  private static List<Bf16Attention> each(int headSize, int valueSize) {
    assumeTrue(Bf16Products.available());
    return Stream.concat(Stream.of(new ScalarBf16Kernels()), MachineBf16Kernels.all().stream())
        .map(kernels -> new Bf16Attention(kernels, headSize, valueSize))
        .toList();
  }

  private static float[] transposed(float[] numbers, int start, int stride, int rows, int width) {
    float[] turned = new float[rows * width];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < width; i++) {
        turned[i * rows + row] = numbers[start + row * stride + i];
      }
    }
    return turned;
  }

  @ParameterizedTest
  @CsvSource({"64, 64, 200, 64", "24, 40, 130, 2", "128, 16, 64, 33", "8, 8, 70, 6"})
  void forwardItIsWithinWhatRoundingCosts(int headSize, int valueSize, int length, int rows) {
    int stride = headSize + 5;
    float[] keys = numbers(length * stride);
    float[] values = numbers(length * valueSize);
    float[] queries = numbers(rows * headSize);
    int width = Math.ceilDiv(length, BLOCK) * BLOCK;
    for (Bf16Attention attention : each(headSize, valueSize)) {
      attention.sequence(new FloatRows(keys, 0, stride), FloatRows.of(values, valueSize), length);
      float[] scores = new float[rows * width];
      attention.scores(
          FloatRows.of(queries, headSize), rows, 0, width, FloatRows.of(scores, width));
      float[] exact = new float[rows * width];
      FloatProduct.addScalar(
          FloatRows.of(queries, headSize),
          FloatRows.of(transposed(keys, 0, stride, length, headSize), length),
          FloatRows.of(exact, width),
          rows,
          headSize,
          length);
      assertThat(difference(scores, exact)).isLessThan(0.005);
      float[] attended = new float[rows * valueSize];
      attention.weigh(
          FloatRows.of(exact, width), rows, 0, width, FloatRows.of(attended, valueSize));
      float[] exactly = new float[rows * valueSize];
      FloatProduct.addScalar(
          FloatRows.of(exact, width),
          FloatRows.of(values, valueSize),
          FloatRows.of(exactly, valueSize),
          rows,
          length,
          valueSize);
      assertThat(difference(attended, exactly)).isLessThan(0.005);
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 64, 64, 64", "24, 40, 3, 64", "16, 48, 64, 7", "8, 8, 13, 9"})
  void backItIsWithinWhatRoundingCosts(int headSize, int valueSize, int rows, int positions) {
    float[] keys = numbers(positions * headSize);
    float[] values = numbers(positions * valueSize);
    float[] queries = numbers(rows * headSize);
    float[] dy = numbers(rows * valueSize);
    float[] shares = new float[BLOCK * BLOCK];
    float[] scoresBack = new float[BLOCK * BLOCK];
    for (int i : IntStream.range(0, rows * BLOCK).filter(i -> i % BLOCK < positions).toArray()) {
      shares[i] = (float) random.nextDouble();
      scoresBack[i] = (float) random.nextGaussian();
    }
    for (Bf16Attention attention : each(headSize, valueSize)) {
      // The block is the second of a sequence.
      attention.sequenceBack(
          FloatRows.of(after(keys, headSize), headSize),
          FloatRows.of(after(values, valueSize), valueSize),
          BLOCK + positions);
      attention.queriesBack(FloatRows.of(queries, headSize), FloatRows.of(dy, valueSize), rows);
      float[] products = new float[rows * BLOCK];
      float[] sharesBack = new float[rows * BLOCK];
      attention.scoresOfBlock(
          rows, BLOCK, FloatRows.of(products, BLOCK), FloatRows.of(sharesBack, BLOCK));
      float[] keysTurned = transposed(keys, 0, headSize, positions, headSize);
      float[] valuesTurned = transposed(values, 0, valueSize, positions, valueSize);
      assertProduct(products, BLOCK, queries, keysTurned, rows, headSize, positions);
      assertProduct(sharesBack, BLOCK, dy, valuesTurned, rows, valueSize, positions);

      float[] dq = new float[rows * headSize];
      float[] dk = new float[positions * headSize];
      float[] dv = new float[positions * valueSize];
      attention.back(
          FloatRows.of(shares, BLOCK),
          FloatRows.of(scoresBack, BLOCK),
          rows,
          BLOCK,
          positions,
          FloatRows.of(dq, headSize),
          FloatRows.of(dk, headSize),
          FloatRows.of(dv, valueSize));
      float[] scores = transposed(scoresBack, 0, BLOCK, rows, positions);
      float[] weights = transposed(shares, 0, BLOCK, rows, positions);
      float[] straight = transposed(scores, 0, rows, positions, rows);
      assertProduct(dq, headSize, straight, keys, rows, positions, headSize);
      assertProduct(dk, headSize, scores, queries, positions, rows, headSize);
      assertProduct(dv, valueSize, weights, dy, positions, rows, valueSize);
    }
  }

  /// The same after a block of ones.
  private static float[] after(float[] numbers, int width) {
    float[] all = new float[BLOCK * width + numbers.length];
    Arrays.fill(all, 1);
    System.arraycopy(numbers, 0, all, BLOCK * width, numbers.length);
    return all;
  }

  private static void assertProduct(
      float[] found, int stride, float[] x, float[] w, int rows, int inner, int columns) {
    float[] exact = new float[found.length];
    FloatProduct.addScalar(
        FloatRows.of(x, inner),
        FloatRows.of(w, columns),
        FloatRows.of(exact, stride),
        rows,
        inner,
        columns);
    assertThat(difference(found, exact)).isLessThan(0.006);
  }
}
