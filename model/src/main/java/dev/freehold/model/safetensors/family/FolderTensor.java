package dev.freehold.model.safetensors.family;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.tensor.Dequantizer;
import dev.freehold.tensor.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// A tensor of a folder on its way into GGUF's words. Immutable: each step gives another one, which
/// shares the bytes where their order stays, and else has a copy outside the heap.
///
/// @param name its name, first transformers', then GGUF's
/// @param kind safetensors' name of its numbers, for instance `BF16`, or GGUF's of its blocks
/// @param shape its dimensions, the one whose numbers lie side by side last
/// @param bytes its numbers
/// @param arena where copies live
public record FolderTensor(
    String name, String kind, List<Long> shape, MemorySegment bytes, Arena arena) {

  private static final ValueLayout.OfFloat LITTLE =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  /// What is done to each number.
  interface Each {
    float of(float number);
  }

  FolderTensor named(String other) {
    return new FolderTensor(other, kind, shape, bytes, arena);
  }

  /// The same numbers in other dimensions.
  FolderTensor shaped(long... dimensions) {
    long count = Arrays.stream(dimensions).reduce(1, Math::multiplyExact);
    if (count != weights()) {
      throw wrong();
    }
    return new FolderTensor(name, kind, Arrays.stream(dimensions).boxed().toList(), bytes, arena);
  }

  /// The same without the dimensions of 1 behind the first.
  FolderTensor flat() {
    List<Long> kept = new ArrayList<>(shape.subList(0, Math.min(1, shape.size())));
    shape.stream().skip(1).filter(dimension -> dimension != 1).forEach(kept::add);
    return new FolderTensor(name, kind, List.copyOf(kept), bytes, arena);
  }

  /// Dimension `axis`, which there must be.
  int size(int axis) {
    if (axis >= shape.size() || shape.get(axis) > Integer.MAX_VALUE) {
      throw wrong();
    }
    return shape.get(axis).intValue();
  }

  /// Those parts along dimension `axis` that lie at `places`, in this order.
  FolderTensor taken(int axis, int... places) {
    int size = size(axis);
    long outer = shape.stream().limit(axis).reduce(1L, Math::multiplyExact);
    long piece = bytes.byteSize() / outer / size;
    MemorySegment taken = arena.allocate(outer * places.length * piece, 64);
    long target = 0;
    for (long group = 0; group < outer; group++) {
      for (int place : places) {
        if (place < 0 || place >= size) {
          throw wrong();
        }
        MemorySegment.copy(bytes, (group * size + place) * piece, taken, target, piece);
        target += piece;
      }
    }
    List<Long> dimensions = new ArrayList<>(shape);
    dimensions.set(axis, (long) places.length);
    return new FolderTensor(name, kind, List.copyOf(dimensions), taken, arena);
  }

  /// Those along dimension `axis` from `first` on, each `step`-th, `count` of them.
  FolderTensor taken(int axis, int first, int step, int count) {
    return taken(axis, IntStream.range(0, count).map(i -> first + i * step).toArray());
  }

  /// The last two dimensions exchanged.
  FolderTensor transposed() {
    int last = shape.size() - 1;
    if (last < 1) {
      throw wrong();
    }
    int rows = size(last - 1);
    int columns = size(last);
    long matrices = weights() / rows / columns;
    MemorySegment turned = arena.allocate(bytes.byteSize(), 64);
    boolean half = bytes.byteSize() == 2 * weights();
    if (!half && bytes.byteSize() != 4 * weights()) {
      throw wrong();
    }
    for (long matrix = 0; matrix < matrices; matrix++) {
      long from = matrix * rows * columns;
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          long source = from + (long) row * columns + column;
          long target = from + (long) column * rows + row;
          if (half) {
            turned.set(SHORT, 2 * target, bytes.get(SHORT, 2 * source));
          } else {
            turned.set(INT, 4 * target, bytes.get(INT, 4 * source));
          }
        }
      }
    }
    List<Long> dimensions = new ArrayList<>(shape);
    dimensions.set(last - 1, (long) columns);
    dimensions.set(last, (long) rows);
    return new FolderTensor(name, kind, List.copyOf(dimensions), turned, arena);
  }

  /// Every number changed, as floats.
  FolderTensor mapped(Each each) {
    int count = Math.toIntExact(weights());
    float[] numbers = new float[count];
    Dequantizer.dequantize(type(), bytes, 0, numbers, 0, count);
    for (int i = 0; i < count; i++) {
      numbers[i] = each.of(numbers[i]);
    }
    return new FolderTensor(name, "F32", shape, floats(numbers, arena), arena);
  }

  /// A vector of numbers that no folder holds.
  public static FolderTensor vector(String name, float[] numbers, Arena arena) {
    return new FolderTensor(
        name, "F32", List.of((long) numbers.length), floats(numbers, arena), arena);
  }

  private static MemorySegment floats(float[] numbers, Arena arena) {
    MemorySegment segment = arena.allocate(numbers.length * 4L, 4);
    for (int i = 0; i < numbers.length; i++) {
      segment.setAtIndex(LITTLE, i, numbers[i]);
    }
    return segment;
  }

  long weights() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  private TensorType type() {
    return switch (kind) {
      case "F32" -> TensorType.F32;
      case "F16" -> TensorType.F16;
      case "BF16" -> TensorType.BF16;
      case "MXFP4" -> TensorType.MXFP4;
      default ->
          throw new Unsupported("Weights of kind %s (%s)".formatted(kind, name), "F32, F16, BF16");
    };
  }

  MalformedFile wrong() {
    return new MalformedFile(name, -1, "it has shape %s".formatted(shape));
  }

  /// As GGUF holds it.
  public GgufTensor gguf() {
    if (shape.isEmpty() || shape.stream().anyMatch(dimension -> dimension < 1)) {
      throw wrong();
    }
    return new GgufTensor(name, type(), shape.reversed(), bytes);
  }
}
