package dev.freehold.model.layer;

import org.jspecify.annotations.Nullable;

/// One step of a layer: `hidden += scale · after(mixer(before(hidden)))`.
///
/// @param before normalisation of what the mixer reads
/// @param mixer what is done
/// @param after normalisation of what the mixer wrote, or null
/// @param scale multiplies what is added, usually 1
public record Residual(RmsNorm before, Mixer mixer, @Nullable RmsNorm after, float scale) {

  /// The usual step: a norm before and nothing after.
  public static Residual of(RmsNorm before, Mixer mixer) {
    return new Residual(before, mixer, null, 1);
  }

  /// The same with a norm after the mixer.
  public Residual withNormAfter(RmsNorm norm) {
    return new Residual(before, mixer, norm, scale);
  }

  /// The same with what is added multiplied by `factor`.
  public Residual scaled(float factor) {
    return new Residual(before, mixer, after, factor);
  }

  /// Changes `hidden`, `[rows, embeddingLength]`, in place.
  public void apply(float[] hidden, Rows rows, int layer, Workspace workspace) {
    int count = rows.count();
    int width = before.weight().length;
    float[] normed = workspace.normed.of(count * width);
    float[] added = workspace.added.of(count * width);
    before.apply(hidden, normed, count, workspace);
    mixer.apply(normed, added, rows, layer, workspace);
    RmsNorm norm = after;
    if (norm != null) {
      norm.apply(added, added, count, workspace);
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
  }
}
