package dev.freehold.model.layer;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.adapter.Fit;
import dev.freehold.tensor.Matrix;
import dev.freehold.tensor.TensorType;
import dev.freehold.tensor.Workers;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An adapter's factors where a model's matrices find them, packed for this processor. Immutable.
public final class AdapterWeights implements FittedAdapter {

  /// The factors of one matrix.
  ///
  /// @param a `[rank, in]`
  /// @param b `[out, rank]`
  /// @param scale multiplies their product
  record Pair(Matrix a, Matrix b, float scale) {}

  private final @Nullable Pair[] pairs;
  private final Slots slots;

  private AdapterWeights(@Nullable Pair[] pairs, Slots slots) {
    this.pairs = pairs;
    this.slots = slots;
  }

  /// Packs an adapter for the model of these slots. Errors are those of [Fit].
  static AdapterWeights of(Adapter adapter, String architecture, Slots slots) {
    Fit.require(adapter, architecture, slots.shapes());
    // The model's own workers may be at work for its thread.
    try (Workers alone = new Workers(1)) {
      return new AdapterWeights(pairs(adapter, slots, alone), slots);
    }
  }

  private static @Nullable Pair[] pairs(Adapter adapter, Slots slots, Workers workers) {
    @Nullable Pair[] pairs = new Pair[slots.count()];
    adapter
        .pairs()
        .forEach((name, pair) -> {
          if (slots.of(name).isEmpty()) {
            throw new Unsupported(
                "An adapter of %s, which this model does not multiply with by itself,"
                    .formatted(name),
                "adapters of its other matrices");
          }
          Matrix a = matrix(pair.a(), pair.rank(), pair.in(), workers);
          for (Slots.Slot slot : slots.of(name)) {
            int[] rows = slot.rows();
            float[] b = rows == null ? pair.b() : picked(pair, rows);
            Matrix packed = matrix(b, b.length / pair.rank(), pair.rank(), workers);
            pairs[slot.number()] = new Pair(a, packed, adapter.scale(pair));
          }
        });
    return pairs;
  }

  private static float[] picked(LowRank pair, int[] rows) {
    int rank = pair.rank();
    float[] picked = new float[rows.length * rank];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(pair.b(), rows[i] * rank, picked, i * rank, rank);
    }
    return picked;
  }

  private static Matrix matrix(float[] numbers, int rows, int columns, Workers workers) {
    return Matrix.of(TensorType.F32, rows, columns, MemorySegment.ofArray(numbers), workers);
  }

  /// Whether it was made for the model of these slots.
  boolean belongsTo(Slots model) {
    return slots == model;
  }

  /// The factors for a slot, or null where it adds nothing.
  @Nullable Pair at(int slot) {
    return slot == Slots.NONE ? null : pairs[slot];
  }

  @Override
  public long bytes() {
    return Arrays.stream(pairs)
        .mapToLong(pair -> pair == null ? 0 : pair.a.bytes() + pair.b.bytes())
        .sum();
  }
}
