package dev.freehold.model.safetensors.family;

import dev.freehold.chat.MalformedFile;
import java.util.List;
import java.util.stream.IntStream;

/// In what order the rows, or the columns, of a linear layer of transformers lie in a GGUF file.
public sealed interface RowOrder {

  /// For each row in the file, where it lies in the layer.
  ///
  /// @param count how many rows the layer has
  /// @throws MalformedFile where a layer of so many rows is none of this order
  int[] places(int count);

  /// As they are.
  record Same() implements RowOrder {

    @Override
    public int[] places(int count) {
      return IntStream.range(0, count).toArray();
    }
  }

  /// Of each head, row `i` of its first half beside row `i` of its second, for rotary positions of
  /// neighbours.
  ///
  /// @param heads how many heads, at least 1
  record Pairs(int heads) implements RowOrder {

    @Override
    public int[] places(int count) {
      requireMultiple(count, 2 * heads, "pairs for %d heads".formatted(heads));
      int size = count / heads;
      return IntStream.range(0, count)
          .map(row -> row - row % size + row % 2 * (size / 2) + row % size / 2)
          .toArray();
    }
  }

  /// Some rows as they are, then heads that take turns: the first of each group, then the second of
  /// each.
  ///
  /// @param before how many rows stay as they are
  /// @param groups how many groups, at least 1
  /// @param each how many heads a group has, at least 1
  record Turns(int before, int groups, int each) implements RowOrder {

    @Override
    public int[] places(int count) {
      requireMultiple(
          count - before, groups * each, "%d heads behind %d".formatted(groups * each, before));
      int size = (count - before) / groups / each;
      return IntStream.range(0, count)
          .map(row -> {
            int head = (row - before) / size;
            return row < before
                ? row
                : before + (head % groups * each + head / groups) * size + (row - before) % size;
          })
          .toArray();
    }
  }

  /// Some rows of each group: what lies in one layer there and in several tensors here.
  ///
  /// @param groups how many groups, at least 1
  /// @param size how many rows a group has
  /// @param slices what is taken of each group; the first slice of all groups comes first
  record Cut(int groups, int size, List<Slice> slices) implements RowOrder {

    /// How many rows it gives.
    public int rows() {
      return groups * slices.stream().mapToInt(Slice::count).sum();
    }

    @Override
    public int[] places(int count) {
      if (count != (long) groups * size) {
        throw wrong(count, "%d groups of %d".formatted(groups, size));
      }
      return slices.stream()
          .flatMapToInt(slice ->
              IntStream.range(0, groups * slice.count())
                  .map(row -> row / slice.count() * size + slice.from() + row % slice.count()))
          .toArray();
    }
  }

  /// Rows of a group.
  ///
  /// @param from the first
  /// @param count how many, at least 1
  record Slice(int from, int count) {}

  private static void requireMultiple(int count, int of, String what) {
    if (count < 0 || count % of != 0) {
      throw wrong(count, what);
    }
  }

  private static MalformedFile wrong(int count, String what) {
    return new MalformedFile("A linear layer", -1, "%d rows are not %s".formatted(count, what));
  }
}
