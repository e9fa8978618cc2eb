package dev.freehold.tensor;

import java.lang.foreign.MemorySegment;

/// A matrix left as the file has it and computed one weight at a time in double precision: the
/// oracle of the packed one.
public record MappedMatrix(TensorType type, int rows, int columns, MemorySegment segment)
    implements Matrix {

  /// @throws IllegalArgumentException where the bytes are not as many as the shape asks for
  public MappedMatrix {
    long expected = type.bytes((long) rows * columns);
    if (columns % type.blockSize() != 0 || segment.byteSize() != expected) {
      throw new IllegalArgumentException(
          "%d×%d weights of %s take %d bytes, not %d"
              .formatted(rows, columns, type, expected, segment.byteSize()));
    }
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public void row(int row, float[] target, int start) {
    long offset = row * type.bytes(columns);
    Dequantizer.dequantize(type, segment, offset, target, start, columns);
  }

  void multiply(Workers workers, float[] x, int tokens, float[] y, int start, int stride) {
    int chunk = 64;
    workers.run(
        Math.ceilDiv(rows, chunk),
        (part, worker) -> {
          float[] weights = new float[columns];
          for (int r = part * chunk; r < Math.min(rows, (part + 1) * chunk); r++) {
            row(r, weights, 0);
            for (int t = 0; t < tokens; t++) {
              double sum = 0;
              for (int c = 0; c < columns; c++) {
                sum += (double) weights[c] * x[t * columns + c];
              }
              y[start + t * stride + r] = (float) sum;
            }
          }
        });
  }

  void addTransposed(Workers workers, FloatRows dy, int tokens, FloatRows dx) {
    workers.run(
        tokens,
        (token, worker) -> {
          float[] weights = new float[columns];
          double[] sums = new double[columns];
          for (int r = 0; r < rows; r++) {
            row(r, weights, 0);
            double factor = dy.numbers()[dy.start() + token * dy.stride() + r];
            for (int c = 0; c < columns; c++) {
              sums[c] += factor * weights[c];
            }
          }
          for (int c = 0; c < columns; c++) {
            dx.numbers()[dx.start() + token * dx.stride() + c] += (float) sums[c];
          }
        });
  }
}
