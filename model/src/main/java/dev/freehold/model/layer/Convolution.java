package dev.freehold.model.layer;

/// A causal convolution of each channel by itself over the last few rows.
///
/// @param weights `[kernel, channels]`, the last row for the row itself
/// @param channels how many channels
/// @param kernel rows that take part
public record Convolution(float[] weights, int channels, int kernel) {

  /// The convolution of weights as files have them, `[channels, kernel]`.
  public static Convolution of(float[] weights, int channels, int kernel) {
    float[] turned = new float[weights.length];
    for (int c = 0; c < channels; c++) {
      for (int k = 0; k < kernel; k++) {
        turned[k * channels + c] = weights[c * kernel + k];
      }
    }
    return new Convolution(turned, channels, kernel);
  }

  /// Numbers of the window that a state keeps between rows.
  int windowSize() {
    return (kernel - 1) * channels;
  }

  /// Convolves `rows` rows of `x`, `[rows, stride]` from `start`, in place, after those in
  /// `window`, and leaves in `window` the last ones.
  void apply(float[] x, int start, int stride, int rows, float[] window, Workspace workspace) {
    float[] inputs = workspace.convolved.of(windowSize() + rows * channels);
    System.arraycopy(window, 0, inputs, 0, window.length);
    workspace.eachRow(
        rows,
        8,
        row ->
            System.arraycopy(
                x, start + row * stride, inputs, window.length + row * channels, channels));
    workspace.eachRow(rows, 4, row -> row(x, start + row * stride, inputs, row * channels));
    System.arraycopy(inputs, rows * channels, window, 0, window.length);
  }

  private void row(float[] x, int at, float[] inputs, int from) {
    for (int c = 0; c < channels; c++) {
      x[at + c] = weights[c] * inputs[from + c];
    }
    for (int k = 1; k < kernel; k++) {
      int weight = k * channels;
      int input = from + k * channels;
      for (int c = 0; c < channels; c++) {
        x[at + c] += weights[weight + c] * inputs[input + c];
      }
    }
  }
}
