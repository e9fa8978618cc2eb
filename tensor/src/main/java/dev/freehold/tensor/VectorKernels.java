package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.COUNT;
import static dev.freehold.tensor.Lanes.load;
import static dev.freehold.tensor.Lanes.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// The operations in this processor's vectors.
final class VectorKernels implements Kernels {

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
    float squares = even.add(odd).reduceLanes(VectorOperators.ADD);
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
    scalar.rotate(x, start, heads, headSize, style, cos, sin, angles, pairs);
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
