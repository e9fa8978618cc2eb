package dev.freehold.model.layer;

import org.jspecify.annotations.Nullable;

/// One step of a layer: `hidden = sumScale · sum(hidden + scale · after(mixer(before(hidden))))`.
///
/// @param width numbers of a hidden state
/// @param before normalisation of what the mixer reads, or null
/// @param mixer what is done
/// @param after normalisation of what the mixer wrote, or null
/// @param scale multiplies what is added, usually 1
/// @param sum normalisation of the result, or null
/// @param sumScale multiplies the result, usually 1
public record Residual(
    int width,
    @Nullable Norm before,
    Mixer mixer,
    @Nullable Norm after,
    float scale,
    @Nullable Norm sum,
    float sumScale) {

  /// The usual step: a norm before and nothing after.
  ///
  /// @param before normalisation of what the mixer reads, or null
  public static Residual of(int width, @Nullable Norm before, Mixer mixer) {
    return new Residual(width, before, mixer, null, 1, null, 1);
  }

  /// A step as the first transformers had it, whose result is normalised.
  public static Residual ofSum(int width, Mixer mixer, Norm sum) {
    return new Residual(width, null, mixer, null, 1, sum, 1);
  }

  /// The same with a norm after the mixer.
  public Residual withNormAfter(Norm norm) {
    return new Residual(width, before, mixer, norm, scale, sum, sumScale);
  }

  /// The same with what is added multiplied by `factor`.
  public Residual scaled(float factor) {
    return new Residual(width, before, mixer, after, factor, sum, sumScale);
  }

  /// The same with its result multiplied by `factor`.
  public Residual withSumScaled(float factor) {
    return new Residual(width, before, mixer, after, scale, sum, factor);
  }

  /// Changes `hidden`, `[rows, width]`, in place.
  public void apply(float[] hidden, Rows rows, int layer, Workspace workspace) {
    int count = rows.count();
    float[] added = workspace.added.of(count * width);
    float[] read = hidden;
    if (before != null) {
      read = workspace.normed.of(count * width);
      before.apply(hidden, read, count, workspace);
    }
    mixer.apply(read, added, rows, layer, workspace);
    if (after != null) {
      after.apply(added, added, count, workspace);
    }
    workspace.eachRow(
        count,
        8,
        row -> {
          if (scale != 1) {
            for (int i = row * width; i < (row + 1) * width; i++) {
              added[i] *= scale;
            }
          }
          workspace.kernels.add(hidden, row * width, added, row * width, width);
        });
    if (sum != null) {
      sum.apply(hidden, hidden, count, workspace);
    }
    for (int i = 0; i < count * width && sumScale != 1; i++) {
      hidden[i] *= sumScale;
    }
  }
}
