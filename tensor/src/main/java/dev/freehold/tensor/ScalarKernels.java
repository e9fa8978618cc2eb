package dev.freehold.tensor;

/// The operations one number at a time: what runs where the processor has no vectors worth using,
/// and the oracle of the vector ones.
final class ScalarKernels implements Kernels {

  /// 2 · √(2 / π), of the tanh form of GELU.
  static final double TWICE_ROOT = 2 * Math.sqrt(2 / Math.PI);

  /// Bound of [Kernels.Activation#CLAMPED_SILU].
  static final float CLAMP = 7;

  /// Slope of [Kernels.Activation#CLAMPED_SILU].
  static final float SLOPE = 1.702f;

  @Override
  public void rmsNorm(float[] x, int xStart, float[] weight, float epsilon, float[] y, int yStart) {
    double squares = 0;
    for (int i = 0; i < weight.length; i++) {
      squares += (double) x[xStart + i] * x[xStart + i];
    }
    float factor = (float) (1 / Math.sqrt(squares / weight.length + epsilon));
    for (int i = 0; i < weight.length; i++) {
      y[yStart + i] = weight[i] * (x[xStart + i] * factor);
    }
  }

  @Override
  public void add(float[] x, int xStart, float[] y, int yStart, int count) {
    for (int i = 0; i < count; i++) {
      x[xStart + i] += y[yStart + i];
    }
  }

  @Override
  public void layerNorm(
      float[] x, int xStart, float[] weight, float[] bias, float epsilon, float[] y, int yStart) {
    int size = weight.length;
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += x[xStart + i];
    }
    double mean = sum / size;
    double squares = 0;
    for (int i = 0; i < size; i++) {
      squares += (x[xStart + i] - mean) * (x[xStart + i] - mean);
    }
    double factor = 1 / Math.sqrt(squares / size + epsilon);
    for (int i = 0; i < size; i++) {
      y[yStart + i] = (float) ((x[xStart + i] - mean) * factor) * weight[i] + bias[i];
    }
  }

  @Override
  public void gate(Activation activation, float[] gate, float[] up, int start, int count) {
    for (int i = start; i < start + count; i++) {
      gate[i] =
          switch (activation) {
            case SILU, GELU_TANH, GELU, SIGMOID -> activated(activation, gate[i]) * up[i];
            case CLAMPED_SILU ->
                activated(activation, Math.min(gate[i], CLAMP))
                    * (Math.clamp(up[i], -CLAMP, CLAMP) + 1);
          };
    }
  }

  @Override
  public void activate(Activation activation, float[] x, int start, int count) {
    for (int i = start; i < start + count; i++) {
      x[i] = activated(activation, x[i]);
    }
  }

  private static float activated(Activation activation, float x) {
    return switch (activation) {
      case SILU -> (float) (x / (1 + Math.exp(-x)));
      case GELU_TANH ->
          (float) (x / (1 + Math.exp(-TWICE_ROOT * (x + 0.044715 * x * x * (double) x))));
      case GELU -> (float) (0.5 * x * (1 + errorFunction(x / Math.sqrt(2))));
      case CLAMPED_SILU -> (float) (x / (1 + Math.exp(-SLOPE * (double) x)));
      case SIGMOID -> (float) (1 / (1 + Math.exp(-x)));
    };
  }

  /// The error function, to about 1e-15: its series near zero, a continued fraction further out
  /// (Abramowitz and Stegun, 7.1.6 and 7.1.14).
  static double errorFunction(double x) {
    double z = Math.abs(x);
    if (z > 6) {
      return Math.signum(x);
    }
    double value;
    if (z < 2.5) {
      double term = z;
      value = z;
      for (int n = 1; term > 1e-17 * value; n++) {
        term *= 2 * z * z / (2 * n + 1);
        value += term;
      }
      value *= 2 / Math.sqrt(Math.PI) * Math.exp(-z * z);
    } else {
      double fraction = z;
      for (int n = 60; n > 0; n--) {
        fraction = z + n / 2.0 / fraction;
      }
      value = 1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * fraction);
    }
    return Math.copySign(value, x);
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
    rotate(x, start, heads, headSize, style, cos, sin, angles, pairs, 0);
  }

  /// The pairs from `first` on.
  static void rotate(
      float[] x,
      int start,
      int heads,
      int headSize,
      RotaryStyle style,
      float[] cos,
      float[] sin,
      int angles,
      int pairs,
      int first) {
    int step = style == RotaryStyle.INTERLEAVED ? 2 : 1;
    int distance = style == RotaryStyle.INTERLEAVED ? 1 : pairs;
    for (int h = 0; h < heads; h++) {
      for (int i = first; i < pairs; i++) {
        int at = start + h * headSize + i * step;
        float a = x[at];
        float b = x[at + distance];
        x[at] = a * cos[angles + i] - b * sin[angles + i];
        x[at + distance] = a * sin[angles + i] + b * cos[angles + i];
      }
    }
  }

  @Override
  public void attend(AttentionWork work, int kvHead, int from, int to, float[] scratch) {
    int group = work.group();
    for (int row = from; row < to; row++) {
      for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
        attendRow(work, kvHead, row, head, scratch);
      }
    }
  }

  private static void attendRow(
      AttentionWork work, int kvHead, int row, int head, float[] probabilities) {
    AttentionWork.Scoring scoring = work.scoring();
    int first = work.first(row);
    int end = work.end(row);
    int q = work.qStart() + (row * work.heads() + head) * work.headSize();
    double max = Double.NEGATIVE_INFINITY;
    for (int p = first; p < end; p++) {
      double score = scoring.scale() * score(work, kvHead, q, p);
      if (scoring.softCap() > 0) {
        score = scoring.softCap() * Math.tanh(score / scoring.softCap());
      }
      probabilities[p] = (float) score;
      max = Math.max(max, probabilities[p]);
    }
    float[] sinks = scoring.sinks();
    double total = 0;
    if (sinks != null) {
      max = Math.max(max, sinks[head]);
      total = Math.exp(sinks[head] - max);
    }
    for (int p = first; p < end; p++) {
      probabilities[p] = (float) Math.exp(probabilities[p] - max);
      total += probabilities[p];
    }
    int size = work.valueSize();
    int stride = AttentionWork.valueStride(size);
    int output = work.outputStart() + (row * work.heads() + head) * size;
    for (int d = 0; d < size; d++) {
      double sum = 0;
      for (int p = first; p < end; p++) {
        int at = (kvHead * AttentionWork.BLOCK + p % AttentionWork.BLOCK) * stride + d;
        sum += probabilities[p] * work.values()[p / AttentionWork.BLOCK][at];
      }
      work.output()[output + d] = (float) (sum / total);
    }
  }

  @Override
  public void deltaRule(DeltaWork work, int head, float[] scratch) {
    deltaRule(work, head, 0);
  }

  /// The same for columns from `first` of the values.
  static void deltaRule(DeltaWork work, int head, int first) {
    float[] qkv = work.qkv();
    float[] memory = work.memory();
    int size = work.valueSize();
    for (int i = 0; i < work.count(); i++) {
      float kept = work.decays()[work.gate(i, head)];
      float beta = work.betas()[work.gate(i, head)];
      int query = work.query(i, head);
      int key = work.key(i, head);
      for (int j = first; j < size; j++) {
        int start = head * work.keySize() * size + j;
        double held = 0;
        for (int d = 0; d < work.keySize(); d++) {
          memory[start + d * size] *= kept;
          held += (double) memory[start + d * size] * qkv[key + d];
        }
        float change = (float) (qkv[work.value(i, head) + j] - held) * beta;
        double read = 0;
        for (int d = 0; d < work.keySize(); d++) {
          memory[start + d * size] += qkv[key + d] * change;
          read += (double) memory[start + d * size] * qkv[query + d];
        }
        work.results()[work.result(i, head) + j] = (float) read;
      }
    }
  }

  private static double score(AttentionWork work, int kvHead, int q, int position) {
    int size = work.headSize();
    int inBlock = position % AttentionWork.BLOCK;
    float[] block = work.keys()[position / AttentionWork.BLOCK];
    int lanes = AttentionWork.LANES;
    int key =
        kvHead * size * AttentionWork.BLOCK + inBlock / lanes * size * lanes + inBlock % lanes;
    double sum = 0;
    for (int d = 0; d < size; d++) {
      sum += (double) work.q()[q + d] * block[key + d * lanes];
    }
    return sum;
  }
}
