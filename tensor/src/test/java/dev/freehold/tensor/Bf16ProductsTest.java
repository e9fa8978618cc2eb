package dev.freehold.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// All kinds of kernels that this processor has, and those of one number at a time.
class Bf16ProductsTest {

  private final SplittableRandom random = new SplittableRandom(11);

  private static List<Bf16Kernels> kernels() {
    List<Bf16Kernels> kernels = new ArrayList<>(List.of(new ScalarBf16Kernels()));
    kernels.addAll(MachineBf16Kernels.all());
    return kernels;
  }

  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static float rounded(float number) {
    return Float.intBitsToFloat(ScalarBf16Kernels.round(number) << 16);
  }

  private static float[] rounded(float[] numbers) {
    float[] rounded = new float[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      rounded[i] = rounded(numbers[i]);
    }
    return rounded;
  }

  @Test
  void roundingIsToNearestAndTiesGoToEven() {
    assertThat(rounded(1)).isEqualTo(1);
    assertThat(rounded(0x1.01p0f)).isEqualTo(1);
    assertThat(rounded(0x1.03p0f)).isEqualTo(0x1.04p0f);
    assertThat(rounded(-0x1.010002p0f)).isEqualTo(-0x1.02p0f);
    assertThat(rounded(Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(rounded(Float.MIN_VALUE)).isZero();
    assertThat(rounded(Float.NaN)).isNaN();
    assertThat(rounded(Float.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
  }

  @Test
  void theProcessorRoundsAndLaysOutLikeTheScalarTwin() {
    assumeTrue(Bf16Products.available());
    float[] x = numbers(3 * 101);
    for (int i = 0; i < x.length; i += 3) {
      x[i] = Float.intBitsToFloat(random.nextInt()); // also NaN, infinite and denormal ones
    }
    float[] w = numbers(2000);
    List<byte[]> results = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      for (Bf16Kernels kernels : kernels()) {
        MemorySegment memory = arena.allocate(16384, 64);
        kernels.round(new FloatRows(x, 1, 100), 3, 97, memory, 0, 320);
        kernels.pairRows(new FloatRows(w, 3, 53), 17, 3, memory, 10240, 1100);
        kernels.pairColumns(new FloatRows(w, 1, 21), 3, memory, 3072, 1088);
        kernels.turn(new FloatRows(w, 2, 50), 48, memory, 6400, 68);
        results.add(memory.toArray(ValueLayout.JAVA_BYTE));
      }
    }
    assertThat(results).allSatisfy(bytes -> assertThat(bytes).isEqualTo(results.getFirst()));
  }

  @ParameterizedTest
  @CsvSource({"64, 96, 16", "50, 40, 19", "17, 2080, 9", "700, 48, 5", "2100, 16, 3"})
  void bothWaysAreThoseOfRoundedNumbers(int rows, int columns, int tokens) {
    float[] weights = numbers(rows * columns);
    float[] x = numbers(tokens * columns);
    float[] dy = numbers(tokens * rows + 7);
    MemorySegment exact = MemorySegment.ofArray(weights);
    MemorySegment blocks = Arena.ofAuto().allocate(exact.byteSize(), 64).copyFrom(exact);
    MemorySegment brief =
        Arena.ofAuto()
            .allocate(exact.byteSize(), 64)
            .copyFrom(MemorySegment.ofArray(rounded(weights)));
    for (Bf16Kernels kernels : kernels()) {
      try (Workers workers = new Workers(2)) {
        Bf16Products products = new Bf16Products(workers, kernels);
        Matrix packed = Matrix.of(TensorType.F32, rows, columns, blocks, workers);
        Matrix oracle = new MappedMatrix(TensorType.F32, rows, columns, brief);
        float[] y = numbers(tokens * (rows + 5));
        float[] expected = y.clone();
        products.multiply(
            FloatRows.of(x, columns), tokens, new Matrix.Product(packed, y, 2, rows + 5));
        Matrix.multiply(
            workers, rounded(x), tokens, new Matrix.Product(oracle, expected, 2, rows + 5));
        assertClose(y, expected, columns);

        float[] dx = numbers(tokens * (columns + 1));
        expected = dx.clone();
        FloatRows target = new FloatRows(dx, 1, columns + 1);
        products.addTransposed(packed, new FloatRows(dy, 7, rows), tokens, target);
        Matrix.addTransposed(
            workers,
            oracle,
            new FloatRows(rounded(dy), 7, rows),
            tokens,
            new FloatRows(expected, 1, columns + 1));
        assertClose(dx, expected, rows);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 96, 16, 8", "50, 40, 19, 3", "2100, 16, 5, 17", "17, 2080, 70, 16"})
  void aPairIsAddedBothWays(int rows, int columns, int tokens, int rank) {
    float[] a = numbers(rank * columns);
    float[] b = numbers(rank * rows);
    float[] x = numbers(tokens * columns);
    float[] dy = numbers(tokens * rows);
    float[] zeros = new float[rows * columns];
    MemorySegment blocks = MemorySegment.ofArray(zeros);
    float[] u = product(x, transposed(a, rank, columns), tokens, columns, rank, 0.5f);
    float[] v = product(dy, transposed(b, rank, rows), tokens, rows, rank, 0.5f);
    for (Bf16Kernels kernels : kernels()) {
      try (Workers workers = new Workers(2)) {
        Bf16Products products = new Bf16Products(workers, kernels);
        Matrix packed = Matrix.of(TensorType.F32, rows, columns, aligned(blocks), workers);
        Bf16Pair pair = new Bf16Pair(kernels, columns, rows, rank);
        pair.lay(FloatRows.of(a, columns), FloatRows.of(b, rows), 0.5f);
        float[] y = new float[tokens * rows];
        Matrix.Product product = new Matrix.Product(packed, y, 0, rows);
        float[] made = new float[rank * tokens];
        products.multiply(
            FloatRows.of(x, columns),
            tokens,
            List.of(new Bf16Products.Adapted(product, pair, made)));
        assertThat(difference(y, product(u, b, tokens, rank, rows, 1))).isLessThan(0.006);
        assertThat(difference(made, transposed(u, tokens, rank))).isLessThan(0.006);

        float[] dx = new float[tokens * columns];
        float[] turned = new float[rank * tokens];
        FloatRows gradient = FloatRows.of(dy, rows);
        Arrays.fill(dx, 7);
        List<Bf16Products.Returned> one =
            List.of(new Bf16Products.Returned(packed, pair, gradient, turned));
        products.back(one, tokens, FloatRows.of(dx, columns), false);
        assertThat(difference(dx, product(v, a, tokens, rank, columns, 1))).isLessThan(0.006);
        assertThat(difference(turned, transposed(v, tokens, rank))).isLessThan(0.006);
        products.back(one, tokens, null, false);
        assertThat(difference(turned, transposed(v, tokens, rank))).isLessThan(0.006);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"40, 3, true", "40, 33, false", "2080, 8, true", "96, 8, false"})
  void severalPairsBesideMatricesOfTheSameInputsDoNotMeet(
      int columns, int rank, boolean firstHasOne) {
    int tokens = 37;
    int[] rows = {50, 16, 64, 17};
    boolean[] paired = {firstHasOne, true, false, true};
    float[] x = numbers(tokens * columns);
    float[][] weights = new float[4][];
    float[][] a = new float[4][];
    float[][] b = new float[4][];
    for (int i = 0; i < 4; i++) {
      weights[i] = numbers(rows[i] * columns);
      a[i] = numbers(rank * columns);
      b[i] = numbers(rank * rows[i]);
    }
    for (Bf16Kernels kernels : kernels()) {
      try (Workers workers = new Workers(2)) {
        Bf16Products products = new Bf16Products(workers, kernels);
        List<Bf16Products.Adapted> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          MemorySegment blocks = aligned(MemorySegment.ofArray(weights[i]));
          Matrix packed = Matrix.of(TensorType.F32, rows[i], columns, blocks, workers);
          Bf16Pair pair = paired[i] ? new Bf16Pair(kernels, columns, rows[i], rank) : null;
          if (pair != null) {
            pair.lay(FloatRows.of(a[i], columns), FloatRows.of(b[i], rows[i]), 0.5f);
          }
          float[] y = new float[tokens * rows[i]];
          Matrix.Product product = new Matrix.Product(packed, y, 0, rows[i]);
          all.add(new Bf16Products.Adapted(product, pair, new float[rank * tokens]));
        }
        for (int again = 0; again < 2; again++) {
          products.multiply(FloatRows.of(x, columns), tokens, all);
        }
        for (int i = 0; i < 4; i++) {
          float[] frozen = transposed(weights[i], rows[i], columns);
          float[] expected = product(x, frozen, tokens, columns, rows[i], 1);
          float[] u = product(x, transposed(a[i], rank, columns), tokens, columns, rank, 0.5f);
          float[] added = product(u, b[i], tokens, rank, rows[i], 1);
          for (int n = 0; n < expected.length && paired[i]; n++) {
            expected[n] += added[n];
          }
          assertThat(difference(all.get(i).product().y(), expected)).isLessThan(0.006);
          if (paired[i]) {
            assertThat(difference(all.get(i).turned(), transposed(u, tokens, rank)))
                .isLessThan(0.006);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 48, 16, 5", "50, 40, 2060, 17", "2030, 2100, 31, 64"})
  void severalMatricesOfTheSameInputsGoBackAsOne(int first, int second, int third, int columns) {
    int tokens = 37;
    int[] rows = {first, second, third};
    int[] ranks = {3, 0, 40};
    float[][] weights = new float[3][];
    float[][] a = new float[3][];
    float[][] b = new float[3][];
    float[][] dy = new float[3][];
    float[] before = numbers(tokens * columns);
    for (int i = 0; i < 3; i++) {
      weights[i] = numbers(rows[i] * columns);
      a[i] = numbers(ranks[i] * columns);
      b[i] = numbers(ranks[i] * rows[i]);
      dy[i] = numbers(tokens * rows[i]);
    }
    for (Bf16Kernels kernels : kernels()) {
      List<float[]> results = new ArrayList<>();
      for (int threads = 1; threads <= 2; threads++) {
        try (Workers workers = new Workers(threads)) {
          Bf16Products products = new Bf16Products(workers, kernels);
          List<Bf16Products.Returned> all = new ArrayList<>();
          float[] expected = before.clone();
          for (int i = 0; i < 3; i++) {
            int rank = ranks[i];
            MemorySegment blocks = aligned(MemorySegment.ofArray(weights[i]));
            Matrix packed = Matrix.of(TensorType.F32, rows[i], columns, blocks, workers);
            float[] turned = new float[rank * tokens];
            Bf16Pair pair = rank == 0 ? null : new Bf16Pair(kernels, columns, rows[i], rank);
            FloatRows gradient = FloatRows.of(dy[i], rows[i]);
            all.add(new Bf16Products.Returned(packed, pair, gradient, turned));
            add(expected, product(dy[i], weights[i], tokens, rows[i], columns, 1));
            if (pair != null) {
              pair.lay(FloatRows.of(a[i], columns), FloatRows.of(b[i], rows[i]), 0.5f);
              float[] v =
                  product(dy[i], transposed(b[i], rank, rows[i]), tokens, rows[i], rank, 0.5f);
              add(expected, product(v, a[i], tokens, rank, columns, 1));
            }
          }
          float[] dx = before.clone();
          products.back(all, tokens, FloatRows.of(dx, columns), true);
          assertThat(difference(dx, expected)).isLessThan(0.006);
          for (int i = 0; i < 3; i += 2) {
            float[] v =
                product(
                    dy[i], transposed(b[i], ranks[i], rows[i]), tokens, rows[i], ranks[i], 0.5f);
            assertThat(difference(all.get(i).turned(), transposed(v, tokens, ranks[i])))
                .isLessThan(0.006);
          }
          float[] alone = before.clone();
          for (Bf16Products.Returned one : all) {
            products.back(List.of(one), tokens, FloatRows.of(alone, columns), true);
          }
          assertThat(difference(dx, alone)).isLessThan(1e-5);
          results.add(dx);
        }
      }
      assertThat(results.getFirst()).isEqualTo(results.getLast());
    }
  }

  private static void add(float[] sums, float[] more) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += more[i];
    }
  }

  @ParameterizedTest
  @CsvSource({"96, 64, 8", "900, 64, 8", "48, 70, 16", "49, 1, 3", "200, 33, 33", "15, 32, 1"})
  void whatAPairLearnsIsAddedToItsGradient(int columns, int tokens, int rank) {
    float[] turned = numbers(rank * tokens);
    float[] numbers = numbers(tokens * (columns + 3) + 3);
    float[] before = numbers(rank * columns + 5);
    for (Bf16Kernels kernels : kernels()) {
      List<float[]> results = new ArrayList<>();
      for (int threads = 1; threads <= 2; threads++) {
        try (Workers workers = new Workers(threads)) {
          float[] gradient = before.clone();
          float[] expected = before.clone();
          FloatProduct.addScalar(
              FloatRows.of(rounded(turned), tokens),
              new FloatRows(rounded(numbers), 3, columns + 3),
              new FloatRows(expected, 5, columns),
              rank,
              tokens,
              columns);
          FloatRows target = new FloatRows(gradient, 5, columns);
          float[] other = new float[columns];
          float[] third = new float[columns];
          new Bf16Products(workers, kernels)
              .addOuter(
                  List.of(
                      new Bf16Products.Outer(
                          new FloatRows(numbers, 3, columns + 3),
                          columns,
                          List.of(
                              new Bf16Products.Learnt(
                                  ones(tokens), 1, FloatRows.of(other, columns)),
                              new Bf16Products.Learnt(turned, rank, target))),
                      new Bf16Products.Outer(
                          new FloatRows(numbers, 3, columns + 3),
                          columns,
                          List.of(
                              new Bf16Products.Learnt(
                                  ones(tokens), 1, FloatRows.of(third, columns))))),
                  tokens);
          float[] sums = new float[columns];
          FloatProduct.addScalar(
              FloatRows.of(ones(tokens), tokens),
              new FloatRows(rounded(numbers), 3, columns + 3),
              FloatRows.of(sums, columns),
              1,
              tokens,
              columns);
          assertClose(other, sums, tokens);
          assertThat(third).isEqualTo(other);
          assertClose(gradient, expected, tokens);
          results.add(gradient);
        }
      }
      assertThat(results.getFirst()).isEqualTo(results.getLast());
    }
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static MemorySegment aligned(MemorySegment bytes) {
    return Arena.ofAuto().allocate(bytes.byteSize(), 64).copyFrom(bytes);
  }

  private static float[] transposed(float[] numbers, int rows, int columns) {
    float[] turned = new float[rows * columns];
    for (int i = 0; i < turned.length; i++) {
      turned[i % columns * rows + i / columns] = numbers[i];
    }
    return turned;
  }

  private static float[] product(
      float[] x, float[] w, int rows, int inner, int columns, float scale) {
    float[] y = new float[rows * columns];
    FloatProduct.addScalar(
        FloatRows.of(x, inner),
        FloatRows.of(w, columns),
        FloatRows.of(y, columns),
        rows,
        inner,
        columns);
    for (int i = 0; i < y.length; i++) {
      y[i] *= scale;
    }
    return y;
  }

  private static void assertClose(float[] found, float[] expected, int terms) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i])
          .as("place %d", i)
          .isCloseTo(expected[i], offset((float) (1e-5 * Math.sqrt(terms))));
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeIsMultipliedWithinWhatRoundingCosts(TensorType type) {
    assumeTrue(Bf16Products.available());
    int columns = 2 * Math.max(32, type.blockSize());
    int rows = 150;
    MemorySegment blocks = RandomBlocks.of(type, rows, columns, new java.util.Random(3), -4, 0);
    try (Workers workers = new Workers(2)) {
      Bf16Products products = new Bf16Products(workers);
      Matrix matrix = Matrix.of(type, rows, columns, blocks, workers);
      float[] x = numbers(9 * columns);
      float[] y = new float[9 * rows];
      float[] exact = new float[9 * rows];
      products.multiply(FloatRows.of(x, columns), 9, new Matrix.Product(matrix, y, 0, rows));
      Matrix.multiply(workers, x, 9, new Matrix.Product(matrix, exact, 0, rows));
      assertThat(difference(y, exact)).isLessThan(0.01);
      float[] dx = new float[9 * columns];
      float[] exactBack = new float[9 * columns];
      products.addTransposed(matrix, FloatRows.of(y, rows), 9, FloatRows.of(dx, columns));
      Matrix.addTransposed(
          workers, matrix, FloatRows.of(y, rows), 9, FloatRows.of(exactBack, columns));
      assertThat(difference(dx, exactBack)).isLessThan(0.01);
    }
  }

  /// The length of the difference as a share of the length of `exact`.
  private static double difference(float[] found, float[] exact) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < exact.length; i++) {
      difference += Math.pow((double) found[i] - exact[i], 2);
      length += Math.pow(exact[i], 2);
    }
    return Math.sqrt(difference / length);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void theNumberOfThreadsChangesNoBit(Bf16Kernels kernels) {
    float[] x = numbers(150 * 96);
    float[] dy = numbers(150 * 112);
    MemorySegment blocks =
        RandomBlocks.of(TensorType.Q8_0, 112, 96, new java.util.Random(3), -4, 0);
    List<float[]> results = new ArrayList<>();
    for (int threads = 1; threads <= 3; threads++) {
      try (Workers workers = new Workers(threads)) {
        Bf16Products products = new Bf16Products(workers, kernels);
        Matrix matrix = Matrix.of(TensorType.Q8_0, 112, 96, blocks, workers);
        float[] y = new float[150 * 112];
        float[] dx = new float[150 * 96];
        products.multiply(FloatRows.of(x, 96), 150, new Matrix.Product(matrix, y, 0, 112));
        products.addTransposed(matrix, FloatRows.of(dy, 112), 150, FloatRows.of(dx, 96));
        results.add(y);
        results.add(dx);
      }
    }
    for (int i = 2; i < results.size(); i++) {
      assertThat(results.get(i)).isEqualTo(results.get(i % 2));
    }
  }
}
