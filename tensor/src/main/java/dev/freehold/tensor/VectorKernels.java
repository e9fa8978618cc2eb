package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.COUNT;
import static dev.freehold.tensor.Lanes.FLOATS;
import static dev.freehold.tensor.Lanes.first;
import static dev.freehold.tensor.Lanes.load;
import static dev.freehold.tensor.Lanes.sum;
import static dev.freehold.tensor.Lanes.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/// The operations in this processor's vectors.
final class VectorKernels implements Kernels {

  // Of pairs of neighbours: each number twice, the two exchanged, and how the first is turned.
  private static final VectorShuffle<Float> TWICE = VectorShuffle.fromOp(FLOATS, i -> i / 2);
  private static final VectorShuffle<Float> SWAPPED = VectorShuffle.fromOp(FLOATS, i -> i ^ 1);
  private static final float[] SIGNS = new float[COUNT];

  static {
    for (int i = 0; i < COUNT; i++) {
      SIGNS[i] = i % 2 == 0 ? -1 : 1;
    }
  }

  private final ScalarKernels scalar = new ScalarKernels();

  @Override
  public void rmsNorm(float[] x, int xStart, float[] weight, float epsilon, float[] y, int yStart) {
    int whole = weight.length / (2 * COUNT) * 2 * COUNT;
    FloatVector even = zero();
    FloatVector odd = zero();
    for (int i = 0; i < whole; i += 2 * COUNT) {
      FloatVector a = load(x, xStart + i);
      FloatVector b = load(x, xStart + i + COUNT);
      even = a.fma(a, even);
      odd = b.fma(b, odd);
    }
    float squares = sum(even.add(odd));
    for (int i = whole; i < weight.length; i++) {
      squares += x[xStart + i] * x[xStart + i];
    }
    float factor = (float) (1 / Math.sqrt(squares / weight.length + epsilon));
    for (int i = 0; i < whole; i += COUNT) {
      load(x, xStart + i).mul(factor).mul(load(weight, i)).intoArray(y, yStart + i);
    }
    for (int i = whole; i < weight.length; i++) {
      y[yStart + i] = weight[i] * (x[xStart + i] * factor);
    }
  }

  @Override
  public void add(float[] x, int xStart, float[] y, int yStart, int count) {
    scalar.add(x, xStart, y, yStart, count); // C2 vectorises this loop by itself
  }

  @Override
  public void layerNorm(
      float[] x, int xStart, float[] weight, float[] bias, float epsilon, float[] y, int yStart) {
    scalar.layerNorm(x, xStart, weight, bias, epsilon, y, yStart);
  }

  @Override
  public void gate(Activation activation, float[] gate, float[] up, int start, int count) {
    int whole =
        switch (activation) {
          case SILU -> silu(gate, up, start, count);
          case GELU_TANH -> gelu(gate, up, start, count);
          case CLAMPED_SILU -> clamped(gate, up, start, count);
          case SIGMOID -> sigmoid(gate, up, start, count);
          case GELU -> 0;
        };
    scalar.gate(activation, gate, up, start + whole, count - whole);
  }

  private static int silu(float[] gate, float[] up, int start, int count) {
    int whole = count / COUNT * COUNT;
    for (int i = start; i < start + whole; i += COUNT) {
      FloatVector x = load(gate, i);
      FloatVector denominator = Exponential.of(x.neg()).add(1);
      x.div(denominator).mul(load(up, i)).intoArray(gate, i);
    }
    return whole;
  }

  private static int gelu(float[] gate, float[] up, int start, int count) {
    int whole = count / COUNT * COUNT;
    for (int i = start; i < start + whole; i += COUNT) {
      FloatVector x = load(gate, i);
      FloatVector u = x.mul(x).mul(0.044715f).add(1).mul(x).mul((float) -ScalarKernels.TWICE_ROOT);
      FloatVector denominator = Exponential.of(u).add(1);
      x.div(denominator).mul(load(up, i)).intoArray(gate, i);
    }
    return whole;
  }

  private static int sigmoid(float[] gate, float[] up, int start, int count) {
    int whole = count / COUNT * COUNT;
    for (int i = start; i < start + whole; i += COUNT) {
      FloatVector denominator = Exponential.of(load(gate, i).neg()).add(1);
      load(up, i).div(denominator).intoArray(gate, i);
    }
    return whole;
  }

  private static int clamped(float[] gate, float[] up, int start, int count) {
    int whole = count / COUNT * COUNT;
    for (int i = start; i < start + whole; i += COUNT) {
      FloatVector x = load(gate, i).min(ScalarKernels.CLAMP);
      FloatVector denominator = Exponential.of(x.mul(-ScalarKernels.SLOPE)).add(1);
      FloatVector factor = load(up, i).min(ScalarKernels.CLAMP).max(-ScalarKernels.CLAMP).add(1);
      x.div(denominator).mul(factor).intoArray(gate, i);
    }
    return whole;
  }

  @Override
  public void activate(Activation activation, float[] x, int start, int count) {
    int whole = activation == Activation.SILU ? silu(x, start, count) : 0;
    scalar.activate(activation, x, start + whole, count - whole);
  }

  private static int silu(float[] x, int start, int count) {
    int whole = count / COUNT * COUNT;
    for (int i = start; i < start + whole; i += COUNT) {
      FloatVector value = load(x, i);
      value.div(Exponential.of(value.neg()).add(1)).intoArray(x, i);
    }
    return whole;
  }

  @Override
  public void rotate(
      float[] x,
      int start,
      int heads,
      int headSize,
      RotaryStyle style,
      float[] cos,
      float[] sin,
      int angles,
      int pairs) {
    int whole =
        switch (style) {
          case INTERLEAVED -> neighbours(x, start, heads, headSize, cos, sin, angles, pairs);
          case HALVES -> halves(x, start, heads, headSize, cos, sin, angles, pairs);
        };
    ScalarKernels.rotate(x, start, heads, headSize, style, cos, sin, angles, pairs, whole);
  }

  /// Turns as many pairs of neighbours as fill vectors, and returns how many.
  private static int neighbours(
      float[] x,
      int start,
      int heads,
      int headSize,
      float[] cos,
      float[] sin,
      int angles,
      int pairs) {
    int half = COUNT / 2;
    int whole = pairs / half * half;
    VectorMask<Float> some = first(half);
    FloatVector signs = FloatVector.fromArray(FLOATS, SIGNS, 0);
    for (int i = 0; i < whole; i += half) {
      FloatVector straight = load(cos, angles + i, some).rearrange(TWICE);
      FloatVector across = load(sin, angles + i, some).rearrange(TWICE).mul(signs);
      for (int h = 0; h < heads; h++) {
        int at = start + h * headSize + 2 * i;
        FloatVector both = load(x, at);
        both.mul(straight).add(both.rearrange(SWAPPED).mul(across)).intoArray(x, at);
      }
    }
    return whole;
  }

  /// The same for pairs that are half a head apart.
  private static int halves(
      float[] x,
      int start,
      int heads,
      int headSize,
      float[] cos,
      float[] sin,
      int angles,
      int pairs) {
    int whole = pairs / COUNT * COUNT;
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector straight = load(cos, angles + i);
      FloatVector across = load(sin, angles + i);
      for (int h = 0; h < heads; h++) {
        int at = start + h * headSize + i;
        FloatVector a = load(x, at);
        FloatVector b = load(x, at + pairs);
        a.mul(straight).sub(b.mul(across)).intoArray(x, at);
        a.mul(across).add(b.mul(straight)).intoArray(x, at + pairs);
      }
    }
    return whole;
  }

  @Override
  public void deltaRule(DeltaWork work, int head, float[] scratch) {
    int whole = VectorDelta.run(work, head, scratch);
    ScalarKernels.deltaRule(work, head, whole);
  }

  @Override
  public void attend(AttentionWork work, int kvHead, int from, int to, float[] scratch) {
    VectorAttention attention = new VectorAttention(work, kvHead, scratch);
    int group = work.group();
    for (int pair = from * group; pair < to * group; pair += AttentionWork.TILE) {
      attention.tile(pair, Math.min(AttentionWork.TILE, to * group - pair));
    }
  }
}
