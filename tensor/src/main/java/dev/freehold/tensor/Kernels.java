package dev.freehold.tensor;

/// The operations of a transformer on plain arrays, apart from matrix products. Stateless and
/// thread-safe; each call works on one thread.
public sealed interface Kernels permits ScalarKernels, VectorKernels {

  /// How a rotary embedding pairs the numbers of a head.
  enum RotaryStyle {
    /// Neighbours, (0, 1), (2, 3)…: GGUF files of architecture `llama`.
    INTERLEAVED,
    /// Halves, (0, n/2), (1, n/2 + 1)…: most others ("NeoX").
    HALVES
  }

  /// What a feed-forward network bends its numbers with.
  enum Activation {
    /// `x · sigmoid(x)` (Elfwing et al., arXiv 1702.03118).
    SILU,
    /// `x · Φ(x)` (Hendrycks and Gimpel, arXiv 1606.08415) by its approximation with tanh.
    GELU_TANH,
    /// `x · Φ(x)` exactly.
    GELU,
    /// gpt-oss's: the gate is bounded by 7 from above and bent by `x · sigmoid(1.702·x)`, what it
    /// multiplies is bounded by ±7 and one is added.
    CLAMPED_SILU,
    /// `sigmoid(x)`, so that what it gates is let through in part.
    SIGMOID
  }

  /// The fastest implementation this processor has.
  static Kernels create() {
    return Lanes.USABLE ? new VectorKernels() : new ScalarKernels();
  }

  /// `y = weight · x / √(mean(x²) + epsilon)` over `weight.length` numbers.
  void rmsNorm(float[] x, int xStart, float[] weight, float epsilon, float[] y, int yStart);

  /// `x += y` over `count` numbers.
  void add(float[] x, int xStart, float[] y, int yStart, int count);

  /// `y = weight · (x − mean(x)) / √(variance(x) + epsilon) + bias` over `weight.length` numbers
  /// (Ba et al., arXiv 1607.06450).
  void layerNorm(
      float[] x, int xStart, float[] weight, float[] bias, float epsilon, float[] y, int yStart);

  /// `gate = activation(gate) · up` over `count` numbers.
  void gate(Activation activation, float[] gate, float[] up, int start, int count);

  /// `x = activation(x)` over `count` numbers.
  void activate(Activation activation, float[] x, int start, int count);

  /// Rotates `heads` heads of `headSize` numbers that follow each other from `start`, by the angles
  /// whose cosines and sines stand in `cos` and `sin` from `angles`; `pairs` pairs of each head are
  /// rotated, the rest stay.
  void rotate(
      float[] x,
      int start,
      int heads,
      int headSize,
      RotaryStyle style,
      float[] cos,
      float[] sin,
      int angles,
      int pairs);

  /// Attention of some queries of one sequence on one key/value head.
  ///
  /// @param work shapes and arrays; see [AttentionWork]
  /// @param kvHead which key/value head; the query heads of its group are computed
  /// @param from first query row
  /// @param to one past the last query row
  /// @param scratch at least [AttentionWork#scratch()] numbers of this thread's own
  void attend(AttentionWork work, int kvHead, int from, int to, float[] scratch);

  /// The gated delta rule for one head, row after row.
  ///
  /// @param work shapes and arrays; see [DeltaWork]
  /// @param head which value head
  /// @param scratch at least [DeltaWork#scratch()] numbers of this thread's own
  void deltaRule(DeltaWork work, int head, float[] scratch);
}
