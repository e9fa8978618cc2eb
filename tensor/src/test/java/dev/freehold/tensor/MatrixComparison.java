package dev.freehold.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Compares the packed matrix with the mapped one, which computes in double precision from the
/// file's own layout. Also a program, so that a JVM told to prefer shorter vectors can run it.
final class MatrixComparison {

  private static final float UNTOUCHED = 12345;
  private static final int[] ROWS = {1, 17, 32, 83};
  private static final int[] TOKENS = {1, 2, 7, 8, 12, 13};

  private MatrixComparison() {}

  /// Compares all types and shapes.
  public static void main(String[] arguments) {
    for (TensorType type : TensorType.values()) {
      compare(type);
    }
    shares();
    KernelsComparison.compareAll();
    System.out.println("lanes " + (Lanes.USABLE ? Lanes.COUNT : 0));
  }

  static void compare(TensorType type) {
    Random random = new Random(type.id());
    int[] columns =
        type.blockSize() > 1 ? new int[] {type.blockSize(), 768} : new int[] {1, 207, 1030};
    try (Workers workers = new Workers(2)) {
      for (int rows : ROWS) {
        for (int count : columns) {
          compare(type, rows, count, random, -6, 1, workers);
        }
      }
      // Subnormal and the largest half-precision scales.
      compare(type, 33, columns[1], random, -24, -13, workers);
      compare(type, 33, columns[1], random, 13, 15, workers);
    }
  }

  private static void compare(
      TensorType type, int rows, int columns, Random random, int low, int high, Workers workers) {
    MemorySegment blocks = RandomBlocks.of(type, rows, columns, random, low, high);
    MappedMatrix mapped = new MappedMatrix(type, rows, columns, blocks);
    Matrix packed = Matrix.of(type, rows, columns, blocks, workers);
    String name = "%s %d×%d".formatted(type, rows, columns);
    compareRows(name, mapped, packed);
    for (int tokens : TOKENS) {
      float[] x = new float[tokens * columns];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      int stride = rows + 3;
      float[] expected = new float[5 + tokens * stride];
      float[] actual = new float[expected.length];
      Arrays.fill(expected, UNTOUCHED);
      Arrays.fill(actual, UNTOUCHED);
      Matrix.multiply(workers, x, tokens, new Matrix.Product(mapped, expected, 5, stride));
      Matrix.multiply(workers, x, tokens, new Matrix.Product(packed, actual, 5, stride));
      compareSums(name + " tokens " + tokens, mapped, x, expected, actual, stride);
    }
  }

  /// Products of several shares in one go against each share by itself, whose sums are ordered the
  /// same way: few inputs and many, two matrices and one.
  static void shares() {
    Random random = new Random(9);
    int columns = 96;
    int[] tokens = {1, 9, 4, 5, 16, 2};
    float[] x = new float[Arrays.stream(tokens).sum() * columns];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    try (Workers workers = new Workers(2)) {
      List<Matrix.Share> shares = new ArrayList<>();
      List<float[]> expected = new ArrayList<>();
      int first = 0;
      for (int share = 0; share < tokens.length; share++) {
        List<Matrix.Product> products = new ArrayList<>();
        for (int number = 0; number <= share % 2; number++) {
          int rows = 17 + 30 * share + number;
          MemorySegment blocks = RandomBlocks.of(TensorType.Q4_0, rows, columns, random, -6, 1);
          Matrix matrix = Matrix.of(TensorType.Q4_0, rows, columns, blocks, workers);
          float[] alone = new float[3 + tokens[share] * rows];
          float[] own = Arrays.copyOfRange(x, first * columns, (first + tokens[share]) * columns);
          Matrix.multiply(workers, own, tokens[share], new Matrix.Product(matrix, alone, 3, rows));
          expected.add(alone);
          products.add(new Matrix.Product(matrix, new float[alone.length], 3, rows));
        }
        shares.add(new Matrix.Share(first, tokens[share], products));
        first += tokens[share];
      }
      Matrix.multiply(workers, x, shares);
      List<float[]> actual =
          shares.stream()
              .flatMap(share -> share.products().stream())
              .map(Matrix.Product::y)
              .toList();
      for (int i = 0; i < expected.size(); i++) {
        require(Arrays.equals(expected.get(i), actual.get(i)), "product " + i + " of the shares");
      }
    }
  }

  private static void compareRows(String name, MappedMatrix mapped, Matrix packed) {
    float[] expected = new float[mapped.columns()];
    float[] actual = new float[mapped.columns()];
    for (int r = 0; r < mapped.rows(); r++) {
      mapped.row(r, expected, 0);
      packed.row(r, actual, 0);
      float largest = 0;
      for (float weight : expected) {
        largest = Math.max(largest, Math.abs(weight));
      }
      for (int k = 0; k < expected.length; k++) {
        require(
            Math.abs(expected[k] - actual[k]) <= 1e-6f * largest,
            "%s row %d column %d: %s and %s".formatted(name, r, k, expected[k], actual[k]));
      }
    }
  }

  private static void compareSums(
      String name, MappedMatrix mapped, float[] x, float[] expected, float[] actual, int stride) {
    float[] row = new float[mapped.columns()];
    for (int r = 0; r < mapped.rows(); r++) {
      mapped.row(r, row, 0);
      for (int t = 0; t * mapped.columns() < x.length; t++) {
        double magnitude = 0;
        double largest = 0;
        for (int k = 0; k < row.length; k++) {
          magnitude += Math.abs((double) row[k] * x[t * row.length + k]);
          largest = Math.max(largest, Math.abs(row[k]));
        }
        // Offsets are summed apart from quants, so rounding follows the largest weight as well.
        double tolerance = 2e-6 * (magnitude + largest * row.length);
        int at = 5 + t * stride + r;
        require(
            Math.abs(expected[at] - actual[at]) <= tolerance,
            "%s row %d token %d: %s and %s".formatted(name, r, t, expected[at], actual[at]));
      }
    }
    for (int i = 0; i < actual.length; i++) {
      boolean outside = i < 5 || (i - 5) % stride >= mapped.rows();
      require(!outside || actual[i] == UNTOUCHED, name + " wrote past its rows at " + i);
    }
  }

  static void require(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }
}
