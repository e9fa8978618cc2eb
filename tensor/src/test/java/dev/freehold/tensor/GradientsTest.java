package dev.freehold.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GradientsTest {

  private final SplittableRandom random = new SplittableRandom(5);
  private final Gradients scalar = new ScalarGradients();
  private final Gradients fast = Gradients.create();

  private float[] numbers(int count, double scale) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) (scale * random.nextGaussian());
    }
    return numbers;
  }

  private static void assertClose(float[] found, float[] expected, double relative) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found[i])
          .as("place %d", i)
          .isCloseTo(expected[i], offset(relative * Math.max(1, Math.abs(expected[i]))));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "8, 64, 64",
    "9, 3, 33",
    "13, 600, 32",
    "7, 17, 16",
    "70, 513, 100",
    "4, 1100, 47",
    "16, 5, 15"
  })
  void aProductIsItsScalarTwinsToTheBit(int rows, int inner, int columns) {
    float[] x = numbers(rows * (inner + 3) + 5, 1);
    float[] w = numbers(inner * (columns + 7) + 2, 1);
    float[] y = numbers(rows * (columns + 1) + 4, 1);
    float[] expected = y.clone();
    FloatRows xs = new FloatRows(x, 5, inner + 3);
    FloatRows ws = new FloatRows(w, 2, columns + 7);
    FloatProduct.add(xs, ws, new FloatRows(y, 4, columns + 1), rows, inner, columns);
    FloatProduct.addScalar(xs, ws, new FloatRows(expected, 4, columns + 1), rows, inner, columns);
    assertThat(y).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void aMatrixFromItsOtherSideIsThatOfTheMappedOne(TensorType type) {
    int columns = 2 * Math.max(32, type.blockSize());
    int rows = 539; // a stretch and a part of one, a panel that is not full
    int tokens =
        type == TensorType.Q4_1 ? 67 : 9; // more than one thread takes, or few: the oracle is slow
    MemorySegment blocks = RandomBlocks.of(type, rows, columns, new java.util.Random(3), -4, 0);
    Matrix oracle = new MappedMatrix(type, rows, columns, blocks);
    try (Workers workers = new Workers(2)) {
      Matrix packed = Matrix.of(type, rows, columns, blocks, workers);
      float[] dy = numbers(tokens * rows, 1);
      float[] dx = numbers(tokens * columns, 1);
      float[] expected = dx.clone();
      FloatRows gradient = FloatRows.of(dy, rows);
      Matrix.addTransposed(workers, packed, gradient, tokens, FloatRows.of(dx, columns));
      Matrix.addTransposed(workers, oracle, gradient, tokens, FloatRows.of(expected, columns));
      double largest = 1;
      for (float number : expected) {
        largest = Math.max(largest, Math.abs(number));
      }
      for (int i = 0; i < dx.length; i++) {
        assertThat(Math.abs(dx[i] - expected[i]) / largest).isLessThan(2e-6);
      }
    }
  }

  @Test
  void normalisingAgreesWithItsScalarTwin() {
    for (int size : new int[] {1, 15, 16, 33, 576}) {
      float[] x = numbers(size + 3, 2);
      float[] weight = numbers(size, 1);
      float[] y = new float[size + 1];
      float[] expected = new float[size + 1];
      float factor = fast.normalize(x, 3, weight, 1e-5f, y, 1);
      assertThat(factor)
          .isCloseTo(scalar.normalize(x, 3, weight, 1e-5f, expected, 1), offset(1e-5f * factor));
      assertClose(y, expected, 1e-5);
      float[] dy = numbers(size, 1);
      float[] dx = numbers(size + 2, 1);
      float[] expectedBack = dx.clone();
      fast.normalizeBack(x, 3, weight, 1e-5f, dy.clone(), 0, dx, 2);
      scalar.normalizeBack(x, 3, weight, 1e-5f, dy.clone(), 0, expectedBack, 2);
      assertClose(dx, expectedBack, 1e-4);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SILU", "GELU_TANH"})
  void gatesAgreeWithTheirScalarTwinsOnExtremesToo(Kernels.Activation activation) {
    float[] gate = numbers(101, 3);
    float[] up = numbers(101, 1);
    gate[0] = 200;
    gate[1] = -200;
    gate[2] = 0;
    gate[3] = -1e30f;
    float[] h = new float[101];
    float[] expected = new float[101];
    fast.gate(activation, gate, up, h, 0, 101);
    scalar.gate(activation, gate, up, expected, 0, 101);
    assertClose(h, expected, 1e-5);
    float[] dh = numbers(101, 1);
    float[][] found = {gate.clone(), up.clone(), dh.clone()};
    float[][] twins = {gate.clone(), up.clone(), dh.clone()};
    found[0][3] = twins[0][3] = 1;
    fast.gateBack(activation, found[0], found[1], found[2], 0, 101);
    scalar.gateBack(activation, twins[0], twins[1], twins[2], 0, 101);
    for (int i = 0; i < 3; i++) {
      assertClose(found[i], twins[i], 1e-5);
    }
  }

  @Test
  void exponentialsAndTheirSumsAgreeWithTheirScalarTwins() {
    for (int count : new int[] {1, 15, 16, 50, 1000}) {
      float[] s = numbers(count + 2, 20);
      float sum = fast.logSumExp(s, 2, count, 0.7f);
      assertThat(sum)
          .isCloseTo(scalar.logSumExp(s, 2, count, 0.7f), offset(1e-5f * Math.abs(sum) + 1e-6f));
      float[] shares = s.clone();
      assertThat(fast.softmax(shares, 2, count, 0.7f, -0.25f)).isEqualTo(sum);
      float[] expected = s.clone();
      scalar.softmax(expected, 2, count, 0.7f, -0.25f);
      assertClose(shares, expected, 1e-5);
      expected = s.clone();
      fast.exponentials(s, 2, count, 0.7f, sum, -0.25f);
      scalar.exponentials(expected, 2, count, 0.7f, sum, -0.25f);
      assertClose(s, expected, 1e-5);
    }
  }

  @ParameterizedTest
  @CsvSource({"-70, 1, 64", "-3, 1, 64", "-100, 64, 64", "-100, 20, 37", "60, 70, 64", "-9, 30, 1"})
  void scoresGoBackLikeTheirScalarTwin(int first, int end, int columns) {
    float[] p = numbers(20 * 70 + 3, 1);
    float[] d = numbers(20 * 65 + 5, 1);
    float[][] twins = {p.clone(), d.clone()};
    float[] logSums = numbers(60, 1);
    float[] along = numbers(60, 1);
    Gradients.Softmax softmax =
        new Gradients.Softmax(20, 64, columns, first, end, 0.125f, logSums, along, 2, 3);
    fast.softmaxBack(new FloatRows(p, 3, 70), new FloatRows(d, 5, 65), softmax);
    scalar.softmaxBack(new FloatRows(twins[0], 3, 70), new FloatRows(twins[1], 5, 65), softmax);
    assertClose(p, twins[0], 1e-5);
    assertClose(d, twins[1], 1e-5);
    for (int row = 0; row < 20; row++) {
      for (int i = 0; i < 64; i++) {
        boolean seen = i >= first + row && i < end + row && i < columns;
        assertThat(p[3 + row * 70 + i] > 0).as("row %d, column %d", row, i).isEqualTo(seen);
      }
    }
  }

  @Test
  void whatTrainsHasTheseActivationsOnly() {
    float[] one = {1};
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> fast.gate(Kernels.Activation.GELU, one, one, one, 0, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
