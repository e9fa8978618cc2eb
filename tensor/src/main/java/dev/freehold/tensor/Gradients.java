package dev.freehold.tensor;

/// The operations of training on plain arrays, apart from matrix products. Unlike [Kernels] they
/// give the same bits however often they were compiled: sums go over lanes in a fixed order.
/// Stateless and thread-safe; each call works on one thread.
public sealed interface Gradients permits ScalarGradients, VectorGradients {

  /// The fastest implementation this processor has.
  static Gradients create() {
    return Lanes.USABLE ? new VectorGradients() : new ScalarGradients();
  }

  /// `Σ a · b` over `count` numbers.
  float dot(float[] a, int aStart, float[] b, int bStart, int count);

  /// `y = weight · x · factor` over `weight.length` numbers, with the factor `1 / √(mean(x²) +
  /// epsilon)`, which is returned.
  float normalize(float[] x, int xStart, float[] weight, float epsilon, float[] y, int yStart);

  /// Takes a gradient back through [#normalize]: `dx += factor · weight · dy − x · factor³ ·
  /// ⟨weight · dy, x⟩ / n`.
  ///
  /// @param x what was normalised
  /// @param dy gradient of the result, which is multiplied by `weight` in place
  /// @param dx gradient of `x`, added to
  void normalizeBack(
      float[] x,
      int xStart,
      float[] weight,
      float epsilon,
      float[] dy,
      int dyStart,
      float[] dx,
      int dxStart);

  /// `h = activation(gate) · up` over `count` numbers from `start` in all three.
  ///
  /// @param activation [Kernels.Activation#SILU] or [Kernels.Activation#GELU_TANH]
  void gate(
      Kernels.Activation activation, float[] gate, float[] up, float[] h, int start, int count);

  /// Takes a gradient back through [#gate]: `gate` and `up` become their own gradients, `h` becomes
  /// what [#gate] made of them.
  ///
  /// @param h on entry the gradient of the result
  void gateBack(
      Kernels.Activation activation, float[] gate, float[] up, float[] h, int start, int count);

  /// `log Σ exp(scale · s)` over `count` numbers.
  float logSumExp(float[] s, int start, int count, float scale);

  /// `s = factor · exp(scale · s − subtracted)` over `count` numbers.
  void exponentials(float[] s, int start, int count, float scale, float subtracted, float factor);

  /// Both at once, with the exponentials computed once: `s = factor · softmax(scale · s)` over
  /// `count` numbers; returns `log Σ exp(scale · s)` of what was there.
  float softmax(float[] s, int start, int count, float scale, float factor);

  /// Rows of a causal softmax, some columns of each. Row `i` sees columns `first + i` to `end + i −
  /// 1`, as far as they are there.
  ///
  /// @param width of a row, a multiple of 16
  /// @param columns how many of them there are
  /// @param first may be less than 0
  /// @param end may be more than there are
  /// @param scale of the scores
  /// @param logSums logarithms of the rows' sums, one from `start` on for each row, `apart` apart
  /// @param along for each row likewise what the gradient of its scores is less by
  record Softmax(
      int rows,
      int width,
      int columns,
      int first,
      int end,
      float scale,
      float[] logSums,
      float[] along,
      int start,
      int apart) {
    int first(int row) {
      return Math.clamp((long) first + row, 0, columns);
    }

    int end(int row) {
      return Math.clamp((long) end + row, first(row), columns);
    }

    float logSum(int row) {
      return logSums[start + row * apart];
    }

    float along(int row) {
      return along[start + row * apart];
    }
  }

  /// Takes a gradient back through a softmax, whose results are made again: where a row sees, `p =
  /// exp(scale · p − logSum)` and `d = scale · p · (d − along)`; elsewhere both become 0.
  ///
  /// @param p scores on entry, on return what the softmax made of them, `[rows, width]`
  /// @param d gradient of those on entry, of the scores on return, `[rows, width]`
  void softmaxBack(FloatRows p, FloatRows d, Softmax softmax);
}
