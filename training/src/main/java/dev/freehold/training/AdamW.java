package dev.freehold.training;

import dev.freehold.training.TrainingSettings.Optimisation;

/// Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), as PyTorch computes
/// it, after the gradient's norm was cut as `clip_grad_norm_` does.
final class AdamW {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final int AT_ONCE = 1 << 14;

  private final Machinery machinery;
  private final Parameters parameters;
  private final Optimisation settings;

  /// Running means of the gradient and of its square, `[count]` each.
  final float[] means;

  final float[] squares;

  AdamW(Machinery machinery, Parameters parameters, Optimisation settings) {
    this.machinery = machinery;
    this.parameters = parameters;
    this.settings = settings;
    means = new float[parameters.values.length];
    squares = new float[parameters.values.length];
  }

  /// The learning rate of step `step`, from 1, of `steps`.
  static double learningRate(Optimisation settings, int step, int steps) {
    int warm = (int) Math.ceil(settings.warmup() * steps);
    if (step <= warm) {
      return settings.learningRate() * step / warm;
    }
    double done = steps == warm ? 1 : (double) (step - 1 - warm) / (steps - warm);
    return settings.learningRate()
        * switch (settings.schedule()) {
          case CONSTANT -> 1;
          case LINEAR -> 1 - done;
          case COSINE -> 0.5 * (1 + Math.cos(Math.PI * done));
        };
  }

  /// Changes the parameters by their gradient, and returns its norm before it was cut.
  ///
  /// @param step from 1
  double step(int step, double learningRate) {
    float[] gradient = parameters.gradient;
    double norm = norm(gradient);
    double cut = settings.clip() > 0 ? Math.min(1, settings.clip() / (norm + 1e-6)) : 1;
    double kept = 1 - learningRate * settings.weightDecay();
    double size = learningRate / (1 - Math.pow(BETA1, step));
    double correction = Math.sqrt(1 - Math.pow(BETA2, step));
    float[] values = parameters.values;
    machinery.each(
        values.length,
        AT_ONCE,
        (from, to, worker) -> {
          for (int i = from; i < to; i++) {
            double slope = cut * gradient[i];
            double mean = BETA1 * means[i] + (1 - BETA1) * slope;
            double square = BETA2 * squares[i] + (1 - BETA2) * slope * slope;
            means[i] = (float) mean;
            squares[i] = (float) square;
            values[i] =
                (float)
                    (kept * values[i] - size * mean / (Math.sqrt(square) / correction + EPSILON));
          }
        });
    return norm;
  }

  /// Sums of stretches, added in their order: the same for any number of threads.
  private double norm(float[] gradient) {
    double[] sums = new double[Math.ceilDiv(gradient.length, AT_ONCE)];
    machinery.each(
        gradient.length,
        AT_ONCE,
        (from, to, worker) -> {
          double sum = 0;
          for (int i = from; i < to; i++) {
            sum += (double) gradient[i] * gradient[i];
          }
          sums[from / AT_ONCE] = sum;
        });
    double total = 0;
    for (double sum : sums) {
      total += sum;
    }
    return Math.sqrt(total);
  }
}
