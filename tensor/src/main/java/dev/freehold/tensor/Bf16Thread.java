package dev.freehold.tensor;

import dev.freehold.tensor.Bf16Layouts.Area;

/// What one thread works with in products of bf16 numbers.
final class Bf16Thread {

  /// Rows of inputs that one thread rounds at once.
  static final int ROUNDED = 32;

  final Area panels = new Area();
  final Area rounded = new Area();
  final Bf16Tiles tiles;
  final Bf16Weights weights;
  final Bf16Layouts layouts;
  private FloatRows narrow = FloatRows.of(new float[0], 0);

  Bf16Thread(Bf16Kernels kernels, Scratch scratch) {
    tiles = new Bf16Tiles(kernels);
    weights = new Bf16Weights(kernels, scratch);
    layouts = new Bf16Layouts(kernels);
  }

  /// Room for what a pair makes of [#ROUNDED] rows, zero past its width.
  FloatRows narrow(Bf16Pair pair) {
    if (narrow.stride() != pair.stride()) {
      narrow = FloatRows.of(new float[ROUNDED * pair.stride()], pair.stride());
    }
    return narrow;
  }
}
