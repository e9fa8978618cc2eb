package dev.freehold.tensor;

/// The operations one number at a time: what runs where the processor has no vectors worth using,
/// and the oracle of the vector ones.
final class ScalarKernels implements Kernels {

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
  public void swiGlu(float[] gate, float[] up, int start, int count) {
    for (int i = start; i < start + count; i++) {
      gate[i] = (float) (gate[i] / (1 + Math.exp(-gate[i]))) * up[i];
    }
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
    int step = style == RotaryStyle.INTERLEAVED ? 2 : 1;
    int distance = style == RotaryStyle.INTERLEAVED ? 1 : pairs;
    for (int h = 0; h < heads; h++) {
      for (int i = 0; i < pairs; i++) {
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
    int visible = work.position() + row + 1;
    int q = work.qStart() + (row * work.heads() + head) * work.headSize();
    double max = Double.NEGATIVE_INFINITY;
    for (int p = 0; p < visible; p++) {
      probabilities[p] = (float) (work.scale() * score(work, kvHead, q, p));
      max = Math.max(max, probabilities[p]);
    }
    double total = 0;
    for (int p = 0; p < visible; p++) {
      probabilities[p] = (float) Math.exp(probabilities[p] - max);
      total += probabilities[p];
    }
    int size = work.valueSize();
    int stride = AttentionWork.valueStride(size);
    int output = work.outputStart() + (row * work.heads() + head) * size;
    for (int d = 0; d < size; d++) {
      double sum = 0;
      for (int p = 0; p < visible; p++) {
        int at = (kvHead * AttentionWork.BLOCK + p % AttentionWork.BLOCK) * stride + d;
        sum += probabilities[p] * work.values()[p / AttentionWork.BLOCK][at];
      }
      work.output()[output + d] = (float) (sum / total);
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
