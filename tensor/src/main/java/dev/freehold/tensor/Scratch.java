package dev.freehold.tensor;

import java.util.ArrayList;
import java.util.List;

/// Arrays of one thread that are used again from product to product; they grow and never shrink.
final class Scratch {

  private final List<Grown> scales = Grown.several(Tile.PANELS);
  private final List<Grown> offsets = Grown.several(Tile.PANELS);
  private final Grown weights = new Grown();
  private final Grown inputs = new Grown();
  private final float[] tile = new float[Tile.TOKENS * Tile.ROWS];

  float[] scale(int panel, int size) {
    return scales.get(panel).of(size);
  }

  float[] offset(int panel, int size) {
    return offsets.get(panel).of(size);
  }

  float[] weights(int size) {
    return weights.of(size);
  }

  float[] inputs(int size) {
    return inputs.of(size);
  }

  float[] tile() {
    return tile;
  }

  private static final class Grown {
    private float[] array = {};

    float[] of(int size) {
      if (array.length < size) {
        array = new float[size];
      }
      return array;
    }

    static List<Grown> several(int count) {
      List<Grown> list = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        list.add(new Grown());
      }
      return List.copyOf(list);
    }
  }
}
