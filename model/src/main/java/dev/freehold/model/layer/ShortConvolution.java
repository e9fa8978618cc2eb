package dev.freehold.model.layer;

import dev.freehold.model.layer.Rows.Stretch;
import dev.freehold.model.layer.Weights.Linear;

/// A gated short convolution (Liquid AI's LFM2, arXiv 2511.23404): `output(c · convolution(b · v))`
/// with `b`, `c` and `v` three projections of the same row.
///
/// @param input `[3 · embeddingLength, embeddingLength]`: `b`, `c`, `v`
/// @param convolution over `embeddingLength` channels
/// @param output `[embeddingLength, embeddingLength]`
public record ShortConvolution(Linear input, Convolution convolution, Linear output)
    implements Mixer {

  @Override
  public Recurrent newState() {
    return new Recurrent(convolution.windowSize(), 0);
  }

  @Override
  public void apply(float[] x, float[] y, Rows rows, int layer, Workspace workspace) {
    int count = rows.count();
    int width = convolution.channels();
    float[] bcv = workspace.queries.of(count * 3 * width);
    float[] gated = workspace.attended.of(count * width);
    workspace.multiply(x, count, input.product(bcv, 3 * width));
    workspace.eachRow(
        count,
        8,
        row -> {
          input.addBias(bcv, row, workspace);
          int at = row * 3 * width;
          for (int i = 0; i < width; i++) {
            gated[row * width + i] = bcv[at + i] * bcv[at + 2 * width + i];
          }
        });
    for (Stretch stretch : rows.stretches()) {
      float[] window = stretch.recurrent(layer).window();
      convolution.apply(gated, stretch.row() * width, width, stretch.count(), window, workspace);
    }
    workspace.eachRow(
        count,
        8,
        row -> {
          int at = row * 3 * width + width;
          for (int i = 0; i < width; i++) {
            gated[row * width + i] *= bcv[at + i];
          }
        });
    workspace.multiply(gated, count, output.product(y, width));
    workspace.eachRow(count, 8, row -> output.addBias(y, row, workspace));
  }
}
