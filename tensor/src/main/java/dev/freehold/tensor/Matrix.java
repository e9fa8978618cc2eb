package dev.freehold.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A frozen matrix of weights, `[rows, columns]`, that maps `columns` inputs to `rows` outputs.
/// Immutable; any thread may read.
public sealed interface Matrix permits MappedMatrix, PackedMatrix {

  /// The matrix whose blocks lie in `segment` row by row, as a GGUF file has them.
  ///
  /// @throws IllegalArgumentException where the bytes are not as many as the shape asks for
  static Matrix of(TensorType type, int rows, int columns, MemorySegment segment, Workers workers) {
    if (segment.byteSize() != type.bytes(columns) * rows) {
      throw new IllegalArgumentException(
          "%d×%d weights of %s do not take %d bytes"
              .formatted(rows, columns, type, segment.byteSize()));
    }
    return PackedMatrix.of(type, rows, columns, segment, workers);
  }

  /// About how many bytes [#of] takes for `weights` weights: what the file takes, but 4 bits a
  /// weight and their scales for the types whose weights become codes.
  static long memory(TensorType type, long weights) {
    return Panels.areCodes(type) ? Math.multiplyExact(weights, 37) / 64 : type.bytes(weights);
  }

  /// Outputs.
  int rows();

  /// Inputs.
  int columns();

  /// How the weights were stored in the file.
  TensorType type();

  /// Bytes this matrix holds in memory of its own.
  long bytes();

  /// Writes the weights of row `row` to `target` from `start`: the embedding of a token.
  void row(int row, float[] target, int start);

  /// A product to compute: `y[t] = matrix · x[t]` for each token `t`.
  ///
  /// @param matrix the weights
  /// @param y target, `[tokens, stride]` from `start`; the first `rows` of each stride are written
  record Product(Matrix matrix, float[] y, int start, int stride) {}

  /// Computes several products of the same inputs in one go.
  ///
  /// @param x inputs, `[tokens, columns]`, from index 0
  /// @param tokens how many inputs
  static void multiply(Workers workers, float[] x, int tokens, Product... products) {
    multiply(workers, x, List.of(new Share(0, tokens, List.of(products))));
  }

  /// Inputs that go through some products by themselves, as those of one expert do.
  ///
  /// @param first which input is the first
  /// @param tokens how many inputs, at least one
  /// @param products what is computed; their targets begin with the result of the first input
  record Share(int first, int tokens, List<Product> products) {}

  /// Computes products of several shares of the same inputs in one go, which keeps all threads at
  /// work where each share alone has too little for them.
  ///
  /// @param x inputs, `[…, columns]`, from index 0
  static void multiply(Workers workers, float[] x, List<Share> shares) {
    List<Share> packed = new ArrayList<>(shares.size());
    int columns = 0;
    Workers.Watcher watcher = workers.watcher();
    for (Share share : shares) {
      List<Product> products = new ArrayList<>(share.products.size());
      for (Product product : share.products) {
        columns = product.matrix.columns();
        if (watcher != null) {
          watcher.multiplies(product.matrix, x, share.first, share.tokens);
        }
        switch (product.matrix) {
          case MappedMatrix mapped -> {
            int from = share.first * columns;
            float[] own = Arrays.copyOfRange(x, from, from + share.tokens * columns);
            mapped.multiply(workers, own, share.tokens, product.y, product.start, product.stride);
          }
          case PackedMatrix _ -> products.add(product);
        }
      }
      if (!products.isEmpty()) {
        packed.add(new Share(share.first, share.tokens, products));
      }
    }
    if (!packed.isEmpty()) {
      Multiplication.run(workers, x, columns, packed);
    }
  }

  /// Takes gradients back through the matrix: `dx[t] += dy[t] · matrix` for each token `t`.
  ///
  /// @param dy gradients of its outputs, `[tokens, rows]`
  /// @param dx gradients of its inputs, `[tokens, columns]`, added to
  static void addTransposed(
      Workers workers, Matrix matrix, FloatRows dy, int tokens, FloatRows dx) {
    switch (matrix) {
      case MappedMatrix mapped -> mapped.addTransposed(workers, dy, tokens, dx);
      case PackedMatrix packed -> TransposedMultiplication.run(workers, packed, dy, tokens, dx);
    }
  }
}
