package dev.freehold.tensor;

import static dev.freehold.tensor.MatrixComparison.require;

import dev.freehold.tensor.AttentionWork.Scoring;
import dev.freehold.tensor.Kernels.Activation;
import dev.freehold.tensor.Kernels.RotaryStyle;
import java.util.Arrays;
import java.util.Random;

/// Compares the vector kernels with the scalar ones.
final class KernelsComparison {

  private static final int[] SIZES = {1, 2, 13, 16, 31, 64, 207, 576, 4098};

  private static final Kernels VECTOR = Kernels.create();
  private static final Kernels SCALAR = new ScalarKernels();

  private KernelsComparison() {}

  static void compareAll() {
    normalization();
    gating();
    rotation();
    attention();
    deltaRule();
  }

  static void normalization() {
    Random random = new Random(1);
    for (int size : SIZES) {
      for (float scale : new float[] {1e-12f, 1, 1e9f}) {
        float[] x = gaussian(random, size + 3, scale);
        float[] weight = gaussian(random, size, 1);
        float[] expected = new float[size + 2];
        float[] actual = new float[size + 2];
        SCALAR.rmsNorm(x, 3, weight, 1e-5f, expected, 1);
        VECTOR.rmsNorm(x, 3, weight, 1e-5f, actual, 1);
        close("rmsNorm " + size, expected, actual, 2e-6);
      }
    }
  }

  static void gating() {
    Random random = new Random(2);
    for (Activation activation : Activation.values()) {
      for (int size : SIZES) {
        float[] gate = gaussian(random, size + 4, 5);
        float[] extremes = {0f, -0f, 87.5f, -87.5f, 120, -120, 1e30f, -1e30f, 1e-40f};
        System.arraycopy(extremes, 0, gate, 2, Math.min(size, extremes.length));
        float[] up = gaussian(random, size + 4, 1);
        float[] expected = gate.clone();
        float[] actual = gate.clone();
        SCALAR.gate(activation, expected, up, 2, size);
        VECTOR.gate(activation, actual, up, 2, size);
        for (int i = 0; i < expected.length; i++) {
          // The exponent of GELU grows with the cube: where the result all but vanishes, so do
          // the correct digits.
          double vanishing = activation == Activation.GELU_TANH ? 1e-7 : 1e-35;
          double tolerance = 2e-6 * Math.abs(expected[i]) + vanishing;
          require(
              Math.abs(expected[i] - actual[i]) <= tolerance,
              "%s(%s): %s and %s".formatted(activation, gate[i], expected[i], actual[i]));
        }
      }
    }
  }

  static void rotation() {
    Random random = new Random(3);
    for (RotaryStyle style : RotaryStyle.values()) {
      for (int headSize : new int[] {2, 24, 26, 64, 128}) {
        int pairs = headSize / 2;
        float[] x = gaussian(random, 5 + 3 * headSize, 1);
        float[] cos = gaussian(random, 7 + pairs, 1);
        float[] sin = gaussian(random, 7 + pairs, 1);
        float[] expected = x.clone();
        float[] actual = x.clone();
        SCALAR.rotate(expected, 5, 3, headSize, style, cos, sin, 7, pairs);
        VECTOR.rotate(actual, 5, 3, headSize, style, cos, sin, 7, pairs);
        close("rotate " + style + headSize, expected, actual, 0);
      }
    }
  }

  static void attention() {
    Random random = new Random(4);
    int[][] shapes = {{4, 2, 24, 24}, {3, 1, 26, 26}, {9, 3, 64, 64}, {5, 5, 32, 48}, {1, 1, 8, 4}};
    int[][] places = {{0, 1}, {0, 40}, {63, 1}, {64, 2}, {70, 37}, {190, 3}, {15, 9}};
    for (int[] shape : shapes) {
      float[] sinks = gaussian(random, shape[0], 3);
      for (int[] place : places) {
        for (Scoring scoring :
            new Scoring[] {
              Scoring.causal(0.1f),
              Scoring.causal(30),
              Scoring.causal(0.1f).withWindow(1),
              Scoring.causal(0.1f).withWindow(33),
              Scoring.causal(0.2f).withWindow(70).withSoftCap(2),
              Scoring.causal(0.2f).withSinks(sinks),
              Scoring.causal(0.1f).withWindow(5).withSinks(sinks),
              new Scoring(0.1f, 0, null, Integer.MAX_VALUE, Integer.MAX_VALUE),
              new Scoring(0.1f, 0, null, 20, 20)
            }) {
          attention(shape, place[0], place[1], scoring, random);
        }
      }
    }
  }

  static void deltaRule() {
    Random random = new Random(5);
    int[][] shapes = {{2, 6, 8, 8}, {1, 2, 13, 64}, {2, 4, 24, 130}, {1, 1, 128, 128}};
    for (int[] shape : shapes) {
      for (int rows : new int[] {1, 2, 37}) {
        for (boolean takingTurns : new boolean[] {false, true}) {
          float[] memory = gaussian(random, shape[1] * shape[2] * shape[3], 1);
          DeltaWork expected = delta(shape, rows, takingTurns, memory.clone(), random.nextLong());
          DeltaWork actual = copied(expected);
          for (int head = 0; head < shape[1]; head++) {
            SCALAR.deltaRule(expected, head, new float[expected.scratch()]);
            VECTOR.deltaRule(actual, head, new float[actual.scratch()]);
          }
          String name = "deltaRule " + Arrays.toString(shape) + rows;
          close(name, expected.results(), actual.results(), 1e-5);
          close(name, expected.memory(), actual.memory(), 1e-5);
        }
      }
    }
  }

  private static DeltaWork delta(
      int[] shape, int rows, boolean takingTurns, float[] memory, long seed) {
    Random random = new Random(seed);
    int stride = 2 * shape[0] * shape[2] + shape[1] * shape[3];
    float[] qkv = gaussian(random, (rows + 1) * stride, 1);
    for (int i = 0; i < qkv.length; i++) {
      // Keys of about unit length, or the memory would grow without bounds.
      qkv[i] /= i % stride < 2 * shape[0] * shape[2] ? (float) Math.sqrt(shape[2]) : 1;
    }
    float[] betas = new float[(rows + 1) * shape[1]];
    float[] decays = new float[betas.length];
    for (int i = 0; i < betas.length; i++) {
      betas[i] = random.nextFloat();
      decays[i] = random.nextFloat();
    }
    float[] results = new float[(rows + 1) * shape[1] * shape[3]];
    return new DeltaWork(
        qkv,
        stride,
        1,
        rows,
        betas,
        decays,
        memory,
        results,
        shape[0],
        shape[1],
        shape[2],
        shape[3],
        takingTurns);
  }

  private static DeltaWork copied(DeltaWork work) {
    return new DeltaWork(
        work.qkv(),
        work.stride(),
        work.row(),
        work.count(),
        work.betas(),
        work.decays(),
        work.memory().clone(),
        work.results().clone(),
        work.keyHeads(),
        work.valueHeads(),
        work.keySize(),
        work.valueSize(),
        work.takingTurns());
  }

  private static void attention(
      int[] shape, int position, int rows, Scoring scoring, Random random) {
    int heads = shape[0];
    int kvHeads = shape[1];
    int headSize = shape[2];
    int valueSize = shape[3];
    int blocks = Math.ceilDiv(position + rows, AttentionWork.BLOCK);
    int stride = AttentionWork.valueStride(valueSize);
    float[][] keys = new float[blocks][];
    float[][] values = new float[blocks][];
    for (int b = 0; b < blocks; b++) {
      keys[b] = gaussian(random, kvHeads * headSize * AttentionWork.BLOCK, 1);
      values[b] = gaussian(random, kvHeads * stride * AttentionWork.BLOCK, 1);
    }
    float[] q = gaussian(random, 4 + rows * heads * headSize, 1);
    int outputs = 3 + rows * heads * valueSize;
    float[] expected = new float[outputs];
    float[] actual = new float[outputs];
    AttentionWork work =
        new AttentionWork(
            q,
            4,
            expected,
            3,
            keys,
            values,
            position,
            position + rows,
            heads,
            kvHeads,
            headSize,
            valueSize,
            scoring);
    attend(SCALAR, work, rows);
    work =
        new AttentionWork(
            q,
            4,
            actual,
            3,
            keys,
            values,
            position,
            position + rows,
            heads,
            kvHeads,
            headSize,
            valueSize,
            scoring);
    attend(VECTOR, work, rows);
    String name =
        "attention %s at %d+%d, %s".formatted(Arrays.toString(shape), position, rows, scoring);
    close(name, expected, actual, scoring.scale() > 1 ? 3e-4 : 1e-5);
  }

  private static void attend(Kernels kernels, AttentionWork work, int rows) {
    float[] scratch = new float[work.scratch()];
    Arrays.fill(scratch, Float.NaN); // what is left there must not matter
    for (int h = 0; h < work.kvHeads(); h++) {
      kernels.attend(work, h, 0, rows / 2, scratch);
      kernels.attend(work, h, rows / 2, rows, scratch);
    }
  }

  private static float[] gaussian(Random random, int size, float scale) {
    float[] numbers = new float[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = scale * (float) random.nextGaussian();
    }
    return numbers;
  }

  private static void close(String name, float[] expected, float[] actual, double tolerance) {
    float largest = 0;
    for (float number : expected) {
      largest = Math.max(largest, Math.abs(number));
    }
    for (int i = 0; i < expected.length; i++) {
      require(
          Math.abs(expected[i] - actual[i]) <= tolerance * largest,
          "%s at %d: %s and %s".formatted(name, i, expected[i], actual[i]));
    }
  }
}
