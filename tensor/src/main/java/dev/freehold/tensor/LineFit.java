package dev.freehold.tensor;

/// Weighted least squares of weights over their numbers, `x ≈ scale · q + offset`.
///
/// @param scale NaN, as all three, where all numbers are the same
/// @param throughOrigin the scale where nothing is added
record LineFit(double scale, double offset, double throughOrigin) {

  /// Fits the line for `q = round(inverse · (x − least))`, from 0 to `levels`.
  ///
  /// @param weight how much an error in each of `x` matters
  static LineFit of(float[] x, float[] weight, float inverse, float least, int levels) {
    double ones = 0;
    double q1 = 0;
    double q2 = 0;
    double x1 = 0;
    double xq = 0;
    for (int j = 0; j < x.length; j++) {
      int q = Math.clamp(Math.round(inverse * (x[j] - least)), 0, levels);
      double w = weight[j];
      ones += w;
      q1 += w * q;
      q2 += w * q * q;
      x1 += w * x[j];
      xq += w * x[j] * q;
    }
    double determinant = ones * q2 - q1 * q1;
    return determinant > 0
        ? new LineFit(
            (ones * xq - q1 * x1) / determinant, (q2 * x1 - q1 * xq) / determinant, xq / q2)
        : new LineFit(Double.NaN, Double.NaN, Double.NaN);
  }

  /// Whether there is one: not where all numbers are the same.
  boolean exists() {
    return !Double.isNaN(scale);
  }
}
