package dev.freehold.tensor;

import static dev.freehold.tensor.Lanes.COUNT;
import static dev.freehold.tensor.Lanes.FLOATS;
import static dev.freehold.tensor.Lanes.first;
import static dev.freehold.tensor.Lanes.load;
import static dev.freehold.tensor.Lanes.sum;
import static dev.freehold.tensor.Lanes.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// The operations in this processor's vectors.
final class VectorGradients implements Gradients {

  private final ScalarGradients scalar = new ScalarGradients();

  @Override
  public float dot(float[] a, int aStart, float[] b, int bStart, int count) {
    int whole = count / COUNT * COUNT;
    FloatVector even = zero();
    FloatVector odd = zero();
    int i = 0;
    for (; i + COUNT < whole; i += 2 * COUNT) {
      even = load(a, aStart + i).fma(load(b, bStart + i), even);
      odd = load(a, aStart + i + COUNT).fma(load(b, bStart + i + COUNT), odd);
    }
    if (i < whole) {
      even = load(a, aStart + i).fma(load(b, bStart + i), even);
    }
    float sum = sum(even.add(odd));
    for (i = whole; i < count; i++) {
      sum += a[aStart + i] * b[bStart + i];
    }
    return sum;
  }

  @Override
  public void gate(
      Kernels.Activation activation, float[] gate, float[] up, float[] h, int start, int count) {
    int whole = count / COUNT * COUNT;
    switch (activation) {
      case SILU -> {
        for (int i = start; i < start + whole; i += COUNT) {
          FloatVector x = load(gate, i);
          x.div(Exponential.of(x.neg()).add(1)).mul(load(up, i)).intoArray(h, i);
        }
      }
      case GELU_TANH -> {
        for (int i = start; i < start + whole; i += COUNT) {
          FloatVector x = load(gate, i);
          x.div(Exponential.of(gelu(x)).add(1)).mul(load(up, i)).intoArray(h, i);
        }
      }
      case GELU, CLAMPED_SILU, SIGMOID -> throw ScalarGradients.untrained(activation);
    }
    scalar.gate(activation, gate, up, h, start + whole, count - whole);
  }

  /// Minus the argument of the sigmoid in the tanh form of GELU.
  private static FloatVector gelu(FloatVector x) {
    return x.mul(x).mul(0.044715f).add(1).mul(x).mul((float) -ScalarKernels.TWICE_ROOT);
  }

  @Override
  public void gateBack(
      Kernels.Activation activation, float[] gate, float[] up, float[] h, int start, int count) {
    int whole = count / COUNT * COUNT;
    switch (activation) {
      case SILU -> {
        for (int i = start; i < start + whole; i += COUNT) {
          FloatVector x = load(gate, i);
          FloatVector share = Exponential.of(x.neg()).add(1);
          back(x, Lanes.broadcast(1).div(share), x, gate, up, h, i);
        }
      }
      case GELU_TANH -> {
        for (int i = start; i < start + whole; i += COUNT) {
          FloatVector x = load(gate, i);
          FloatVector share = Exponential.of(gelu(x)).add(1);
          FloatVector slope =
              x.mul(x).mul(3 * 0.044715f).add(1).mul((float) ScalarKernels.TWICE_ROOT).mul(x);
          back(x, Lanes.broadcast(1).div(share), slope, gate, up, h, i);
        }
      }
      case GELU, CLAMPED_SILU, SIGMOID -> throw ScalarGradients.untrained(activation);
    }
    scalar.gateBack(activation, gate, up, h, start + whole, count - whole);
  }

  /// @param steep `x · z′(x)`, where the activation is `x · sigmoid(z(x))`
  private static void back(
      FloatVector x,
      FloatVector share,
      FloatVector steep,
      float[] gate,
      float[] up,
      float[] h,
      int i) {
    FloatVector u = load(up, i);
    FloatVector dh = load(h, i);
    FloatVector activated = x.mul(share);
    FloatVector slope = share.fma(steep.mul(Lanes.broadcast(1).sub(share)), share);
    activated.mul(u).intoArray(h, i);
    dh.mul(u).mul(slope).intoArray(gate, i);
    dh.mul(activated).intoArray(up, i);
  }

  @Override
  public float logSumExp(float[] s, int start, int count, float scale) {
    float largest = largest(s, start, count, scale);
    int whole = count / COUNT * COUNT;
    int end = start + whole;
    FloatVector sums = zero();
    for (int i = start; i < end; i += COUNT) {
      sums = sums.add(Exponential.of(load(s, i).mul(scale).sub(largest)));
    }
    if (whole < count) {
      VectorMask<Float> rest = first(count - whole);
      FloatVector last = Exponential.of(load(s, end, rest).mul(scale).sub(largest));
      sums = sums.add(last, rest);
    }
    return (float) (largest + Math.log(sum(sums)));
  }

  private static float largest(float[] s, int start, int count, float scale) {
    int whole = count / COUNT * COUNT;
    int end = start + whole;
    FloatVector most = Lanes.broadcast(Float.NEGATIVE_INFINITY);
    for (int i = start; i < end; i += COUNT) {
      most = most.max(load(s, i).mul(scale));
    }
    if (whole < count) {
      VectorMask<Float> rest = first(count - whole);
      most = most.max(load(s, end, rest).mul(scale).blend(Float.NEGATIVE_INFINITY, rest.not()));
    }
    return most.reduceLanes(VectorOperators.MAX);
  }

  @Override
  public float softmax(float[] s, int start, int count, float scale, float factor) {
    float largest = largest(s, start, count, scale);
    int whole = count / COUNT * COUNT;
    int end = start + whole;
    FloatVector sums = zero();
    for (int i = start; i < end; i += COUNT) {
      FloatVector power = Exponential.of(load(s, i).mul(scale).sub(largest));
      power.intoArray(s, i);
      sums = sums.add(power);
    }
    if (whole < count) {
      VectorMask<Float> rest = first(count - whole);
      FloatVector last = Exponential.of(load(s, end, rest).mul(scale).sub(largest));
      last.intoArray(s, end, rest);
      sums = sums.add(last, rest);
    }
    float sum = sum(sums);
    multiply(s, start, count, factor / sum);
    return (float) (largest + Math.log(sum));
  }

  // A method of its own, see #normalize.
  private static void multiply(float[] s, int start, int count, float factor) {
    int whole = count / COUNT * COUNT;
    for (int i = start; i < start + whole; i += COUNT) {
      load(s, i).mul(factor).intoArray(s, i);
    }
    for (int i = start + whole; i < start + count; i++) {
      s[i] *= factor;
    }
  }

  @Override
  public void exponentials(
      float[] s, int start, int count, float scale, float subtracted, float factor) {
    int whole = count / COUNT * COUNT;
    for (int i = start; i < start + whole; i += COUNT) {
      Exponential.of(load(s, i).mul(scale).sub(subtracted)).mul(factor).intoArray(s, i);
    }
    if (whole < count) {
      VectorMask<Float> rest = first(count - whole);
      FloatVector x = load(s, start + whole, rest).mul(scale).sub(subtracted);
      Exponential.of(x).mul(factor).intoArray(s, start + whole, rest);
    }
  }

  // Written out, for C2 leaves these loops scalar where they stand behind a sum: ten times slower.
  @Override
  public float normalize(
      float[] x, int xStart, float[] weight, float epsilon, float[] y, int yStart) {
    int size = weight.length;
    int whole = size / COUNT * COUNT;
    float squares = dot(x, xStart, x, xStart, size);
    float factor = (float) (1 / Math.sqrt(squares / size + epsilon));
    for (int i = 0; i < whole; i += COUNT) {
      load(x, xStart + i).mul(factor).mul(load(weight, i)).intoArray(y, yStart + i);
    }
    for (int i = whole; i < size; i++) {
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
    int whole = size / COUNT * COUNT;
    float squares = dot(x, xStart, x, xStart, size);
    double factor = 1 / Math.sqrt(squares / size + epsilon);
    for (int i = 0; i < whole; i += COUNT) {
      load(dy, dyStart + i).mul(load(weight, i)).intoArray(dy, dyStart + i);
    }
    for (int i = whole; i < size; i++) {
      dy[dyStart + i] *= weight[i];
    }
    float along = dot(dy, dyStart, x, xStart, size);
    float direct = (float) factor;
    float drawn = (float) (factor * factor * factor * along / size);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector change = load(dy, dyStart + i).mul(direct).sub(load(x, xStart + i).mul(drawn));
      load(dx, dxStart + i).add(change).intoArray(dx, dxStart + i);
    }
    for (int i = whole; i < size; i++) {
      dx[dxStart + i] += direct * dy[dyStart + i] - drawn * x[xStart + i];
    }
  }

  @Override
  public void softmaxBack(FloatRows p, FloatRows d, Softmax softmax) {
    int width = softmax.width();
    for (int row = 0; row < softmax.rows(); row++) {
      int first = softmax.first(row);
      int end = softmax.end(row);
      float logSum = softmax.logSum(row);
      float along = softmax.along(row);
      float scale = softmax.scale();
      int pAt = p.at(row);
      int dAt = d.at(row);
      for (int i = 0; i < width; i += COUNT) {
        FloatVector share = zero();
        FloatVector score = zero();
        if (i + COUNT > first && i < end) {
          share = Exponential.of(load(p.numbers(), pAt + i).mul(scale).sub(logSum));
          score = load(d.numbers(), dAt + i).sub(along).mul(share.mul(scale));
          if (i < first || i + COUNT > end) {
            VectorMask<Float> seen = FLOATS.indexInRange(i - first, end - first);
            share = zero().blend(share, seen);
            score = zero().blend(score, seen);
          }
        }
        share.intoArray(p.numbers(), pAt + i);
        score.intoArray(d.numbers(), dAt + i);
      }
    }
  }
}
