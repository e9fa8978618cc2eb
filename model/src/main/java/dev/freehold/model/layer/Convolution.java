package dev.freehold.model.layer;

/// A causal convolution of each channel by itself over the last few rows.
///
/// @param weights `[channels, kernel]`, the last one for the row itself
/// @param channels how many channels
/// @param kernel rows that take part
public record Convolution(float[] weights, int channels, int kernel) {

  /// Numbers of the window that a state keeps between rows.
  int windowSize() {
    return (kernel - 1) * channels;
  }

  /// Convolves `rows` rows of `x`, `[rows, stride]` from `start`, in place, after those in
  /// `window`, and leaves in `window` the last ones.
  void apply(float[] x, int start, int stride, int rows, float[] window) {
    float[] inputs = new float[windowSize() + rows * channels];
    System.arraycopy(window, 0, inputs, 0, window.length);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, start + row * stride, inputs, window.length + row * channels, channels);
    }
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < channels; c++) {
        float sum = 0;
        for (int k = 0; k < kernel; k++) {
          sum += weights[c * kernel + k] * inputs[(row + k) * channels + c];
        }
        x[start + row * stride + c] = sum;
      }
    }
    System.arraycopy(inputs, rows * channels, window, 0, window.length);
  }
}
