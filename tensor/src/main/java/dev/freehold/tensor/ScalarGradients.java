package dev.freehold.tensor;

/// The operations one number at a time; the oracle of the vector ones.
final class ScalarGradients implements Gradients {

  @Override
  public float dot(float[] a, int aStart, float[] b, int bStart, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (double) a[aStart + i] * b[bStart + i];
    }
    return (float) sum;
  }

  @Override
  public void gate(
      Kernels.Activation activation, float[] gate, float[] up, float[] h, int start, int count) {
    for (int i = start; i < start + count; i++) {
      double x = gate[i];
      h[i] = (float) (x * sigmoid(argument(activation, x)) * up[i]);
    }
  }

  @Override
  public void gateBack(
      Kernels.Activation activation, float[] gate, float[] up, float[] h, int start, int count) {
    for (int i = start; i < start + count; i++) {
      double x = gate[i];
      double u = up[i];
      double dh = h[i];
      double share = sigmoid(argument(activation, x));
      double slope = share + x * share * (1 - share) * argumentSlope(activation, x);
      h[i] = (float) (x * share * u);
      gate[i] = (float) (dh * u * slope);
      up[i] = (float) (dh * x * share);
    }
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  /// Both activations are `x · sigmoid(z(x))`.
  private static double argument(Kernels.Activation activation, double x) {
    return switch (activation) {
      case SILU -> x;
      case GELU_TANH -> ScalarKernels.TWICE_ROOT * (x + 0.044715 * x * x * x);
      case GELU, CLAMPED_SILU, SIGMOID -> throw untrained(activation);
    };
  }

  private static double argumentSlope(Kernels.Activation activation, double x) {
    return switch (activation) {
      case SILU -> 1;
      case GELU_TANH -> ScalarKernels.TWICE_ROOT * (1 + 3 * 0.044715 * x * x);
      case GELU, CLAMPED_SILU, SIGMOID -> throw untrained(activation);
    };
  }

  static IllegalArgumentException untrained(Kernels.Activation activation) {
    return new IllegalArgumentException("no gradient of " + activation);
  }

  @Override
  public float logSumExp(float[] s, int start, int count, float scale) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = start; i < start + count; i++) {
      largest = Math.max(largest, (double) scale * s[i]);
    }
    double sum = 0;
    for (int i = start; i < start + count; i++) {
      sum += Math.exp((double) scale * s[i] - largest);
    }
    return (float) (largest + Math.log(sum));
  }

  @Override
  public float softmax(float[] s, int start, int count, float scale, float factor) {
    float sum = logSumExp(s, start, count, scale);
    exponentials(s, start, count, scale, sum, factor);
    return sum;
  }

  @Override
  public void exponentials(
      float[] s, int start, int count, float scale, float subtracted, float factor) {
    for (int i = start; i < start + count; i++) {
      s[i] = (float) (factor * Math.exp((double) scale * s[i] - subtracted));
    }
  }

  @Override
  public float normalize(
      float[] x, int xStart, float[] weight, float epsilon, float[] y, int yStart) {
    int size = weight.length;
    float squares = dot(x, xStart, x, xStart, size);
    float factor = (float) (1 / Math.sqrt(squares / size + epsilon));
    for (int i = 0; i < size; i++) {
      y[yStart + i] = weight[i] * (x[xStart + i] * factor);
    }
    return factor;
  }

  @Override
  public void normalizeBack(
      float[] x,
      int xStart,
      float[] weight,
      float epsilon,
      float[] dy,
      int dyStart,
      float[] dx,
      int dxStart) {
    int size = weight.length;
    float squares = dot(x, xStart, x, xStart, size);
    double factor = 1 / Math.sqrt(squares / size + epsilon);
    for (int i = 0; i < size; i++) {
      dy[dyStart + i] *= weight[i];
    }
    float along = dot(dy, dyStart, x, xStart, size);
    float drawn = (float) (factor * factor * factor * along / size);
    for (int i = 0; i < size; i++) {
      dx[dxStart + i] += (float) factor * dy[dyStart + i] - drawn * x[xStart + i];
    }
  }

  @Override
  public void softmaxBack(FloatRows p, FloatRows d, Softmax softmax) {
    for (int row = 0; row < softmax.rows(); row++) {
      int first = softmax.first(row);
      int end = softmax.end(row);
      float logSum = softmax.logSum(row);
      float along = softmax.along(row);
      float scale = softmax.scale();
      int pAt = p.at(row);
      int dAt = d.at(row);
      for (int i = 0; i < softmax.width(); i++) {
        boolean seen = i >= first && i < end;
        float share = seen ? (float) Math.exp((double) scale * p.numbers()[pAt + i] - logSum) : 0;
        p.numbers()[pAt + i] = share;
        d.numbers()[dAt + i] = seen ? scale * share * (d.numbers()[dAt + i] - along) : 0;
      }
    }
  }
}
