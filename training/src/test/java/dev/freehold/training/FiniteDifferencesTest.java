package dev.freehold.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freehold.model.layer.Experts;
import dev.freehold.model.layer.FeedForward;
import dev.freehold.model.layer.RotaryEmbedding;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.FloatRows;
import dev.freehold.tensor.Gradients;
import dev.freehold.tensor.Kernels;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import dev.freehold.tensor.Matrix;
import dev.freehold.tensor.TensorType;
import dev.freehold.training.Arena.Kept;
import dev.freehold.training.Arena.LayerShape;
import dev.freehold.training.CausalAttention.Heads;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Every way back against differences of the way forward, written down once more in double
/// precision and one number at a time.
class FiniteDifferencesTest {

  private final SplittableRandom random = new SplittableRandom(11);
  private final Gradients gradients = Gradients.create();

  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static double[] doubles(float[] numbers) {
    double[] doubles = new double[numbers.length];
    Arrays.setAll(doubles, i -> numbers[i]);
    return doubles;
  }

  /// Holds `gradient` to the differences of `value` around `at`, in at most 60 places.
  private void compare(float[] at, float[] gradient, ToDoubleFunction<double[]> value) {
    double[] point = doubles(at);
    double size = 0;
    for (float number : gradient) {
      size = Math.max(size, Math.abs(number));
    }
    assertThat(size).isPositive();
    for (int n = 0; n < Math.min(at.length, 60); n++) {
      int i = at.length <= 60 ? n : random.nextInt(at.length);
      double kept = point[i];
      double h = 1e-5;
      point[i] = kept + h;
      double above = value.applyAsDouble(point);
      point[i] = kept - h;
      double below = value.applyAsDouble(point);
      point[i] = kept;
      double expected = (above - below) / (2 * h);
      assertThat(Math.abs(gradient[i] - expected))
          .as("place %d: %g, expected %g", i, gradient[i], expected)
          .isLessThan(1e-5 * size + 1e-4 * Math.abs(expected) + 1e-7);
    }
  }

  private static double sum(double[] y, float[] factors) {
    double sum = 0;
    for (int i = 0; i < factors.length; i++) {
      sum += y[i] * factors[i];
    }
    return sum;
  }

  private static double[] normalized(double[] x, float[] weight, double epsilon) {
    double squares = Arrays.stream(x).map(v -> v * v).sum();
    double factor = 1 / Math.sqrt(squares / x.length + epsilon);
    double[] y = new double[x.length];
    Arrays.setAll(y, i -> weight[i] * x[i] * factor);
    return y;
  }

  @Test
  void rootMeanSquareNormalisation() {
    float[] x = numbers(77);
    float[] weight = numbers(77);
    float[] dy = numbers(77);
    float[] dx = new float[77];
    gradients.normalizeBack(x, 0, weight, 1e-3f, dy.clone(), 0, dx, 0);
    compare(x, dx, at -> sum(normalized(at, weight, 1e-3f), dy));
  }

  private static double bent(Activation activation, double x) {
    return activation == Activation.SILU
        ? x / (1 + Math.exp(-x))
        : 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  @ParameterizedTest
  @EnumSource(names = {"SILU", "GELU_TANH"})
  void gatedActivations(Activation activation) {
    float[] gate = numbers(77);
    float[] up = numbers(77);
    float[] dh = numbers(77);
    float[] dGate = gate.clone();
    float[] dUp = up.clone();
    float[] h = dh.clone();
    gradients.gateBack(activation, dGate, dUp, h, 0, 77);
    double[] us = doubles(up);
    double[] gs = doubles(gate);
    compare(gate, dGate, at -> gated(activation, at, us, dh));
    compare(up, dUp, at -> gated(activation, gs, at, dh));
    float[] forward = new float[77];
    gradients.gate(activation, gate, up, forward, 0, 77);
    for (int i = 0; i < 77; i++) {
      assertThat((double) h[i]).isCloseTo(forward[i], org.assertj.core.data.Offset.offset(1e-5));
    }
  }

  private static double gated(Activation activation, double[] gate, double[] up, float[] dh) {
    double[] h = new double[gate.length];
    Arrays.setAll(h, i -> bent(activation, gate[i]) * up[i]);
    return sum(h, dh);
  }

  @ParameterizedTest
  @EnumSource
  void rotation(RotaryStyle style) {
    double[] frequencies = {1, 0.3, 0.05};
    RotaryEmbedding rotary = new RotaryEmbedding(style, frequencies, 1.2f);
    rotary.reach(20);
    float[] x = numbers(16); // two heads of eight, the last two numbers of each stay
    float[] dx = numbers(16);
    float[] dy = dx.clone();
    rotary.rotateBack(Kernels.create(), dx, 0, 2, 8, 13);
    int step = style == RotaryStyle.INTERLEAVED ? 2 : 1;
    int apart = style == RotaryStyle.INTERLEAVED ? 1 : 3;
    compare(
        x,
        dx,
        at -> {
          double[] y = at.clone();
          for (int head = 0; head < 2; head++) {
            for (int pair = 0; pair < 3; pair++) {
              int i = head * 8 + pair * step;
              double cos = 1.2 * Math.cos(13 * frequencies[pair]);
              double sin = 1.2 * Math.sin(13 * frequencies[pair]);
              y[i] = at[i] * cos - at[i + apart] * sin;
              y[i + apart] = at[i] * sin + at[i + apart] * cos;
            }
          }
          return sum(y, dy);
        });
  }

  /// Attention as its definition has it.
  private static double[] attention(
      int[] starts, CausalAttention shape, double[] q, double[] k, double[] v) {
    int rows = starts[starts.length - 1];
    int group = shape.heads() / shape.kvHeads();
    double[] results = new double[rows * shape.heads() * shape.valueSize()];
    for (int s = 0; s + 1 < starts.length; s++) {
      for (int row = starts[s]; row < starts[s + 1]; row++) {
        for (int head = 0; head < shape.heads(); head++) {
          int first = (int) Math.max(starts[s], (long) row - shape.before());
          double[] shares = new double[row + 1 - first];
          double total = 0;
          for (int p = first; p <= row; p++) {
            double score = 0;
            for (int d = 0; d < shape.headSize(); d++) {
              score +=
                  q[(row * shape.heads() + head) * shape.headSize() + d]
                      * k[(p * shape.kvHeads() + head / group) * shape.headSize() + d];
            }
            shares[p - first] = Math.exp(shape.scale() * score);
            total += shares[p - first];
          }
          for (int p = first; p <= row; p++) {
            for (int d = 0; d < shape.valueSize(); d++) {
              results[(row * shape.heads() + head) * shape.valueSize() + d] +=
                  shares[p - first]
                      / total
                      * v[(p * shape.kvHeads() + head / group) * shape.valueSize() + d];
            }
          }
        }
      }
    }
    return results;
  }

  @ParameterizedTest
  @CsvSource({"6, 5, 2147483647", "32, 16, 70", "6, 6, 9", "6, 6, 0"})
  void attentionOverPackedSequences(int headSize, int valueSize, int before) {
    try (Machinery machinery = new Machinery(2, Precision.EXACT)) {
      CausalAttention attention =
          new CausalAttention(machinery, 4, 2, headSize, valueSize, 0.3f, before);
      int[] starts = {0, 5, 135, 136};
      Packed pass =
          new Packed(new int[136], starts, new int[0], new int[0], new int[0], new boolean[16]);
      float[] q = numbers(136 * 4 * headSize);
      float[] k = numbers(136 * 2 * headSize);
      float[] v = numbers(136 * 2 * valueSize);
      float[] attended = new float[136 * 4 * valueSize];
      float[] sums = new float[136 * 4];
      Heads in = heads(attention, q, k, v);
      FloatRows results = FloatRows.of(attended, 4 * valueSize);
      attention.forward(pass, in, results, sums);
      double[] expected = attention(starts, attention, doubles(q), doubles(k), doubles(v));
      for (int i = 0; i < attended.length; i++) {
        assertThat(Math.abs(attended[i] - expected[i])).isLessThan(1e-5);
      }
      float[] dy = numbers(attended.length);
      Heads back = heads(attention, new float[q.length], new float[k.length], new float[v.length]);
      FloatRows resultsBack = FloatRows.of(dy, 4 * valueSize);
      attention.back(pass, in, results, sums, resultsBack, new float[136 * 4], back);
      double[] qs = doubles(q);
      double[] ks = doubles(k);
      double[] vs = doubles(v);
      if (before > 0) { // seeing itself alone, a query has no say
        compare(
            q, back.queries().numbers(), at -> sum(attention(starts, attention, at, ks, vs), dy));
        compare(k, back.keys().numbers(), at -> sum(attention(starts, attention, qs, at, vs), dy));
      }
      compare(v, back.values().numbers(), at -> sum(attention(starts, attention, qs, ks, at), dy));
    }
  }

  private static Heads heads(CausalAttention shape, float[] q, float[] k, float[] v) {
    return new Heads(
        FloatRows.of(q, shape.heads() * shape.headSize()),
        FloatRows.of(k, shape.kvHeads() * shape.headSize()),
        FloatRows.of(v, shape.kvHeads() * shape.valueSize()));
  }

  private static double[] times(Matrix matrix, double[] x, int rows) {
    float[] row = new float[matrix.columns()];
    double[] y = new double[rows * matrix.rows()];
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.row(r, row, 0);
      for (int t = 0; t < rows; t++) {
        for (int c = 0; c < row.length; c++) {
          y[t * matrix.rows() + r] += row[c] * x[t * row.length + c];
        }
      }
    }
    return y;
  }

  @Test
  void aFrozenMatrixWithItsPair() {
    int rows = 70;
    int in = 64;
    int out = 40;
    int rank = 5;
    try (Machinery machinery = new Machinery(2, Precision.EXACT)) {
      byte[] bytes = new byte[(int) TensorType.Q8_0.bytes(in) * out];
      random.nextBytes(bytes);
      for (int block = 0; block < bytes.length; block += 34) {
        bytes[block] = 0;
        bytes[block + 1] = 0x1c; // the scale: a half of 2⁻⁸
      }
      Matrix matrix =
          Matrix.of(TensorType.Q8_0, out, in, MemorySegment.ofArray(bytes), machinery.workers);
      float[] bias = numbers(out);
      Pair pair = new Pair("blk.0.attn_q.weight", in, out, 0, rank * in);
      Parameters parameters = new Parameters(rank, 7, List.of(pair), rank * (in + out));
      float[] values = numbers(parameters.values.length);
      System.arraycopy(values, 0, parameters.values, 0, values.length);
      Arena arena =
          new Arena(
              machinery, new LayerShape(in, 1, out, out, out, in, 1, false, false), rows, rank);
      AdaptedLinear linear =
          new AdaptedLinear(machinery, arena, new Linear(matrix, bias), pair, parameters);
      linear.refresh();
      float[] x = numbers(rows * in);
      float[] dy = numbers(rows * out);
      float[] y = new float[rows * out];
      FloatRows inputs = FloatRows.of(x, in);
      AdaptedLinear.multiply(
          machinery, inputs, rows, true, new AdaptedLinear.Asked(linear, FloatRows.of(y, out)));
      double[] expected = adapted(matrix, bias, doubles(x), doubles(values), rank, rows);
      for (int i = 0; i < y.length; i++) {
        assertThat(Math.abs(y[i] - expected[i])).isLessThan(2e-4);
      }
      float[] dx = numbers(rows * in); // what was there before is not added to
      AdaptedLinear.Learning learning = new AdaptedLinear.Learning(linear, FloatRows.of(dy, out));
      AdaptedLinear.back(machinery, rows, FloatRows.of(dx, in), false, learning);
      AdaptedLinear.learn(machinery, inputs, rows, learning);
      double[] fixed = doubles(values);
      compare(x, dx, at -> sum(adapted(matrix, bias, at, fixed, rank, rows), dy));
      double[] exact = doubles(x);
      compare(
          values, parameters.gradient, at -> sum(adapted(matrix, bias, exact, at, rank, rows), dy));
    }
  }

  private static double[] adapted(
      Matrix matrix, float[] bias, double[] x, double[] pair, int rank, int rows) {
    double[] y = times(matrix, x, rows);
    int in = matrix.columns();
    int out = matrix.rows();
    for (int t = 0; t < rows; t++) {
      for (int k = 0; k < rank; k++) {
        double u = 0;
        for (int c = 0; c < in; c++) {
          u += pair[k * in + c] * x[t * in + c];
        }
        for (int o = 0; o < out; o++) {
          y[t * out + o] += 7.0 / rank * u * pair[rank * in + k * out + o];
        }
      }
      for (int o = 0; o < out; o++) {
        y[t * out + o] += bias[o];
      }
    }
    return y;
  }

  @Test
  void theLossOverTheHead() {
    try (Machinery machinery = new Machinery(2, Precision.EXACT);
        var file = Golden.model("tiny-qwen2")) {
      FrozenModel model = FrozenModel.read(file, 0, machinery.workers);
      int width = model.shape().embeddingLength();
      int rows = 20;
      int[] predicting = {0, 3, 4, 19};
      int[] targets = {7, 52, 0, 20};
      Packed pass =
          new Packed(
              new int[rows], new int[] {0, rows}, predicting, targets, new int[4], new boolean[1]);
      float[] hidden = numbers(rows * width);
      float[] weights = {0.25f, 0.5f, -0.3f, 1};
      float[] dx = new float[rows * width];
      double[] found = new double[4];
      new Predictions(machinery, model.stack())
          .compute(
              pass,
              FloatRows.of(hidden, width),
              found,
              weights,
              new float[0],
              FloatRows.of(dx, width));
      compare(
          hidden,
          dx,
          at -> {
            double loss = 0;
            for (int i = 0; i < 4; i++) {
              double[] row =
                  Arrays.copyOfRange(at, predicting[i] * width, (predicting[i] + 1) * width);
              var norm = model.stack().outputNorm();
              double[] logits =
                  times(
                      model.stack().head().weight(),
                      normalized(row, norm.weight(), norm.epsilon()),
                      1);
              double total = Arrays.stream(logits).map(Math::exp).sum();
              loss -= weights[i] * (logits[targets[i]] - Math.log(total));
            }
            return loss;
          });
    }
  }

  @Test
  void theLossOfWhatIsToStayWhatItIsToTheBase() {
    try (Machinery machinery = new Machinery(2, Precision.EXACT);
        var file = Golden.model("tiny-qwen2")) {
      FrozenModel model = FrozenModel.read(file, 0, machinery.workers);
      int width = model.shape().embeddingLength();
      int[] predicting = {0, 3, 12, 19};
      int[] owners = {0, 0, 1, 1};
      boolean[] kept = {false, true};
      Packed pass =
          new Packed(
              new int[20],
              new int[] {0, 10, 20},
              predicting,
              new int[] {7, 52, 0, 20},
              owners,
              kept);
      float[] hidden = numbers(20 * width);
      float[] base = numbers(2 * width);
      float[] weights = {0.25f, 0.5f, 0.3f, 1};
      float[] dx = new float[20 * width];
      double[] found = new double[4];
      new Predictions(machinery, model.stack())
          .compute(
              pass, FloatRows.of(hidden, width), found, weights, base, FloatRows.of(dx, width));
      compare(
          hidden,
          dx,
          at -> {
            double loss = 0;
            for (int i = 0; i < 4; i++) {
              double[] logProbabilities = logProbabilities(model, at, predicting[i]);
              double expected = logProbabilities[pass.targets()[i]];
              if (owners[i] == 1) {
                double[] before = logProbabilities(model, doubles(base), i - 2);
                expected = 0;
                for (int token = 0; token < before.length; token++) {
                  expected += Math.exp(before[token]) * logProbabilities[token];
                }
              }
              loss -= weights[i] * expected;
            }
            return loss;
          });
      double[] last = logProbabilities(model, doubles(hidden), 19);
      double[] before = logProbabilities(model, doubles(base), 1);
      double expected = 0;
      for (int token = 0; token < before.length; token++) {
        expected += Math.exp(before[token]) * last[token];
      }
      assertThat(found[3]).isCloseTo(expected, within(1e-4));
    }
  }

  private static double[] logProbabilities(FrozenModel model, double[] hidden, int row) {
    int width = model.shape().embeddingLength();
    var norm = model.stack().outputNorm();
    double[] logits =
        times(
            model.stack().head().weight(),
            normalized(
                Arrays.copyOfRange(hidden, row * width, (row + 1) * width),
                norm.weight(),
                norm.epsilon()),
            1);
    double total = Math.log(Arrays.stream(logits).map(Math::exp).sum());
    return Arrays.stream(logits).map(logit -> logit - total).toArray();
  }

  @Test
  void frozenExpertsAndTheirRouter() {
    try (Machinery machinery = new Machinery(2, Precision.EXACT);
        var file = Golden.model("tiny-mixtral")) {
      FrozenModel model = FrozenModel.read(file, 0, machinery.workers);
      Experts experts = (Experts) model.layers().getFirst().network();
      int width = model.shape().embeddingLength();
      int rows = 9;
      LayerShape shape = Passes.shape(model);
      Arena arena = new Arena(machinery, shape, rows, 1);
      Kept kept = new Kept(machinery, shape, rows);
      FrozenExperts network = FrozenExperts.of(machinery, arena, experts);
      float[] x = numbers(rows * width);
      float[] y = new float[rows * width];
      FloatRows inputs = FloatRows.of(x, width);
      network.forward(inputs, FloatRows.of(y, width), kept, rows, true);
      double[] expected = mixed(experts, doubles(x), rows);
      for (int i = 0; i < y.length; i++) {
        assertThat(Math.abs(y[i] - expected[i])).isLessThan(1e-5);
      }
      float[] dy = numbers(rows * width);
      float[] dx = new float[rows * width];
      network.back(inputs, FloatRows.of(dy, width), FloatRows.of(dx, width), kept, rows);
      compare(x, dx, at -> sum(mixed(experts, at, rows), dy));
    }
  }

  private static double[] mixed(Experts experts, double[] x, int rows) {
    int width = x.length / rows;
    double[] y = new double[x.length];
    for (int row = 0; row < rows; row++) {
      double[] one = Arrays.copyOfRange(x, row * width, (row + 1) * width);
      double[] scores = times(experts.router().weight(), one, 1);
      int best = 0;
      for (int e = 1; e < scores.length; e++) {
        best = scores[e] > scores[best] ? e : best;
      }
      int next = best == 0 ? 1 : 0;
      for (int e = 0; e < scores.length; e++) {
        next = e != best && scores[e] > scores[next] ? e : next;
      }
      double share = 1 / (1 + Math.exp(scores[next] - scores[best]));
      double[] first = network((FeedForward) experts.experts().get(best), one);
      double[] second = network((FeedForward) experts.experts().get(next), one);
      for (int i = 0; i < width; i++) {
        y[row * width + i] = share * first[i] + (1 - share) * second[i];
      }
    }
    return y;
  }

  private static double[] network(FeedForward network, double[] x) {
    double[] gate = times(network.gate().weight(), x, 1);
    double[] up = times(network.up().weight(), x, 1);
    double[] h = new double[gate.length];
    Arrays.setAll(h, i -> bent(network.activation(), gate[i]) * up[i]);
    return times(network.down().weight(), h, 1);
  }

  @Test
  void aFrozenMatrixFromItsOtherSide() {
    try (Machinery machinery = new Machinery(3, Precision.EXACT)) {
      float[] weights = numbers(37 * 50);
      Matrix matrix =
          Matrix.of(TensorType.F32, 37, 50, MemorySegment.ofArray(weights), machinery.workers);
      float[] x = numbers(66 * 50);
      float[] dy = numbers(66 * 37);
      float[] dx = new float[66 * 50];
      Matrix.addTransposed(
          machinery.workers, matrix, FloatRows.of(dy, 37), 66, FloatRows.of(dx, 50));
      compare(x, dx, at -> sum(times(matrix, at, 66), dy));
    }
  }
}
