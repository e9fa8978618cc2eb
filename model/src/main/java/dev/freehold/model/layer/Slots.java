package dev.freehold.model.layer;

import dev.freehold.model.gguf.GgufTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where adapters can be put: each matrix of a model that is multiplied with rows of hidden states
/// has a slot, or several where the file holds several matrices in one tensor.
///
/// Filled while a model is read, then only read.
final class Slots {

  /// What a matrix without one has: nothing can be put there.
  static final int NONE = -1;

  /// One place.
  ///
  /// @param number counts from 0 through the model
  /// @param rows which rows of the tensor the matrix consists of, or null for all
  record Slot(int number, int @Nullable [] rows) {}

  private final Map<String, List<Slot>> slots = new HashMap<>();
  private final Map<String, List<Long>> shapes = new HashMap<>();
  private int count;

  /// @param tensors all tensors of the file
  Slots(Map<String, GgufTensor> tensors) {
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
  }

  /// A new slot for some rows of tensor `name`.
  ///
  /// @param rows which, or null for all
  int add(String name, int @Nullable [] rows) {
    slots.computeIfAbsent(name, _ -> new ArrayList<>()).add(new Slot(count, rows));
    return count++;
  }

  /// The slots of tensor `name`; none where nothing can be put there.
  List<Slot> of(String name) {
    return slots.getOrDefault(name, List.of());
  }

  /// The shape of each tensor of the file, the dimension whose numbers lie side by side first.
  Map<String, List<Long>> shapes() {
    return shapes;
  }

  /// How many slots.
  int count() {
    return count;
  }
}
