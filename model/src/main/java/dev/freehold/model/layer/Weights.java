package dev.freehold.model.layer;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.tensor.Dequantizer;
import dev.freehold.tensor.Matrix;
import dev.freehold.tensor.TensorType;
import dev.freehold.tensor.Workers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The tensors of a file on their way into a model: an architecture claims each by name with the
/// shape it expects, and what nobody claimed is an error.
public final class Weights {

  private static final int LEFTOVERS_NAMED = 5;

  private final ModelFile file;
  private final Workers workers;
  private final Set<String> claimed = new HashSet<>();
  private final Slots slots;
  private final IdentityHashMap<Matrix, Part> parts = new IdentityHashMap<>();

  /// Where a matrix comes from.
  ///
  /// @param tensor the file's name of it
  /// @param index which of the matrices stacked in it; 0 where they are not experts
  public record Part(String tensor, int index) {}

  /// @param file where the tensors are
  /// @param workers who packs them
  public Weights(ModelFile file, Workers workers) {
    this.file = file;
    this.workers = workers;
    this.slots = new Slots(file.tensors());
  }

  /// Whether the file has tensor `name`.
  public boolean has(String name) {
    return file.tensor(name).isPresent();
  }

  /// How many tensors the file has.
  public int tensors() {
    return file.tensors().size();
  }

  /// Claims matrix `name` that maps `columns` inputs to `rows` outputs.
  public Matrix matrix(String name, int columns, int rows) {
    GgufTensor tensor = claim(name, columns, rows);
    return known(name, 0, Matrix.of(tensor.type(), rows, columns, tensor.segment(), workers));
  }

  private Matrix known(String name, int index, Matrix matrix) {
    parts.put(matrix, new Part(name, index));
    return matrix;
  }

  /// Where a matrix that was claimed comes from.
  public Optional<Part> part(Matrix matrix) {
    return Optional.ofNullable(parts.get(matrix));
  }

  /// Claims matrix `name.weight` and, where the file has it, the bias `name.bias`.
  public Linear linear(String name, int columns, int rows) {
    Matrix weight = matrix(name + ".weight", columns, rows);
    int slot = slots.add(name + ".weight", null);
    return new Linear(weight, findVector(name + ".bias", rows).orElse(null), slot);
  }

  /// Claims matrix `name.weight` of an expert, which sees rows of its own choice only: no adapter
  /// can be put there.
  public Linear expert(String name, int columns, int rows) {
    Matrix weight = matrix(name + ".weight", columns, rows);
    return new Linear(weight, findVector(name + ".bias", rows).orElse(null));
  }

  /// Claims vector `name` of `length` numbers as a matrix of one row, which a file may say it is.
  public Linear vectorAsRow(String name, int length) {
    GgufTensor tensor =
        tensor(name).shape().size() == 2 ? claim(name, length, 1) : claim(name, length);
    return new Linear(Matrix.of(tensor.type(), 1, length, tensor.segment(), workers), null);
  }

  /// Claims matrix `name.weight`, and the bias `name.bias` where the file has it, that holds
  /// several stacked row by row: one for each number of `rows`.
  public List<Linear> stacked(String name, int columns, int... rows) {
    int total = Arrays.stream(rows).sum();
    GgufTensor tensor = claim(name + ".weight", columns, total);
    float[] bias = findVector(name + ".bias", total).orElse(null);
    List<Linear> parts = new ArrayList<>(rows.length);
    long rowBytes = tensor.segment().byteSize() / total;
    int first = 0;
    for (int count : rows) {
      MemorySegment slice = tensor.segment().asSlice(first * rowBytes, count * rowBytes);
      Matrix weight =
          known(name + ".weight", 0, Matrix.of(tensor.type(), count, columns, slice, workers));
      int slot = slots.add(name + ".weight", IntStream.range(first, first + count).toArray());
      parts.add(
          new Linear(
              weight, bias == null ? null : Arrays.copyOfRange(bias, first, first + count), slot));
      first += count;
    }
    return List.copyOf(parts);
  }

  /// Claims matrix `name.weight`, and the bias `name.bias` where the file has it, whose rows belong
  /// to several: one for each list of row numbers, which together are all rows.
  public List<Linear> picked(String name, int columns, int[]... rows) {
    int total = Arrays.stream(rows).mapToInt(list -> list.length).sum();
    GgufTensor tensor = claim(name + ".weight", columns, total);
    float[] bias = findVector(name + ".bias", total).orElse(null);
    int rowBytes = Math.toIntExact(tensor.segment().byteSize() / total);
    List<Linear> parts = new ArrayList<>(rows.length);
    for (int[] list : rows) {
      MemorySegment picked = MemorySegment.ofArray(new byte[list.length * rowBytes]);
      float[] pickedBias = bias == null ? null : new float[list.length];
      for (int i = 0; i < list.length; i++) {
        long from = (long) list[i] * rowBytes;
        MemorySegment.copy(tensor.segment(), from, picked, (long) i * rowBytes, rowBytes);
        if (bias != null && pickedBias != null) {
          pickedBias[i] = bias[list[i]];
        }
      }
      Matrix weight =
          known(
              name + ".weight", 0, Matrix.of(tensor.type(), list.length, columns, picked, workers));
      parts.add(new Linear(weight, pickedBias, slots.add(name + ".weight", list)));
    }
    return List.copyOf(parts);
  }

  /// Claims tensor `name` of `shape`, the dimension whose numbers lie side by side first, as plain
  /// numbers.
  public float[] numbers(String name, int... shape) {
    GgufTensor tensor = claim(name, shape);
    float[] numbers = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    Dequantizer.dequantize(tensor.type(), tensor.segment(), 0, numbers, 0, numbers.length);
    return numbers;
  }

  /// Claims the `count` matrices stacked in `name`, `[count, rows, columns]`: one for each expert.
  public List<Matrix> experts(String name, int columns, int rows, int count) {
    GgufTensor tensor = claim(name, columns, rows, count);
    long each = tensor.segment().byteSize() / count;
    List<Matrix> experts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      MemorySegment slice = tensor.segment().asSlice(i * each, each);
      experts.add(known(name, i, Matrix.of(tensor.type(), rows, columns, slice, workers)));
    }
    return List.copyOf(experts);
  }

  /// Claims the `count` matrices stacked in `name`, `[count, 2 · rows, columns]`, each of which is
  /// two, one upon the other.
  public List<List<Matrix>> expertPairs(String name, int columns, int rows, int count) {
    GgufTensor tensor = claim(name, columns, 2 * rows, count);
    long each = tensor.segment().byteSize() / count / 2;
    List<Matrix> matrices = new ArrayList<>(2 * count);
    for (int i = 0; i < 2 * count; i++) {
      MemorySegment slice = tensor.segment().asSlice(i * each, each);
      matrices.add(Matrix.of(tensor.type(), rows, columns, slice, workers));
    }
    List<List<Matrix>> pairs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      pairs.add(matrices.subList(2 * i, 2 * i + 2));
    }
    return pairs;
  }

  /// Claims vector `name` of `length` numbers.
  public float[] vector(String name, int length) {
    GgufTensor tensor = claim(name, length);
    float[] vector = new float[length];
    Dequantizer.dequantize(tensor.type(), tensor.segment(), 0, vector, 0, length);
    return vector;
  }

  /// Claims vector `name` of `length` numbers if the file has it.
  public Optional<float[]> findVector(String name, int length) {
    return has(name) ? Optional.of(vector(name, length)) : Optional.empty();
  }

  /// How many rows matrix `name` has, without claiming it.
  public int rows(String name) {
    List<Long> shape = tensor(name).shape();
    long rows = shape.size() == 2 ? shape.get(1) : 0;
    if (rows < 1 || rows > Integer.MAX_VALUE) {
      throw new MalformedFile(file.name(), -1, "tensor %s is %s".formatted(name, shape));
    }
    return (int) rows;
  }

  /// All weights of the file.
  public long count() {
    return file.tensors().values().stream().mapToLong(GgufTensor::weights).sum();
  }

  /// Bytes of all tensors of the file.
  public long bytes() {
    return file.tensors().values().stream().mapToLong(t -> t.segment().byteSize()).sum();
  }

  /// The type that most weights of the file are stored in.
  public TensorType storage() {
    Map<TensorType, Long> weights = new EnumMap<>(TensorType.class);
    file.tensors().values().forEach(t -> weights.merge(t.type(), t.weights(), Long::sum));
    return weights.entrySet().stream()
        .max(Comparator.comparingLong(Map.Entry::getValue))
        .map(Map.Entry::getKey)
        .orElseThrow(() -> new MalformedFile(file.name(), -1, "no tensors"));
  }

  /// Checks that every tensor of the file was claimed.
  ///
  /// @throws Unsupported naming some of those that were not
  public void requireAllClaimed() {
    List<String> leftovers =
        file.tensorNames().stream().filter(name -> !claimed.contains(name)).toList();
    if (!leftovers.isEmpty()) {
      String named = leftovers.stream().limit(LEFTOVERS_NAMED).collect(Collectors.joining(", "));
      throw new Unsupported(
          "%s has %d tensors that its architecture does not use (%s%s), so this model"
              .formatted(
                  file.name(),
                  leftovers.size(),
                  named,
                  leftovers.size() > LEFTOVERS_NAMED ? ", …" : ""),
          "files whose every tensor takes part");
    }
  }

  private GgufTensor tensor(String name) {
    return file.tensor(name)
        .orElseThrow(
            () -> new MalformedFile(file.name(), -1, "tensor %s is missing".formatted(name)));
  }

  private GgufTensor claim(String name, int... shape) {
    GgufTensor tensor = tensor(name);
    List<Long> expected = Arrays.stream(shape).asLongStream().boxed().toList();
    if (!tensor.shape().equals(expected)) {
      throw new MalformedFile(
          file.name(),
          -1,
          "tensor %s is %s and should be %s".formatted(name, tensor.shape(), expected));
    }
    claimed.add(name);
    return tensor;
  }

  /// Where adapters can be put on what was claimed.
  Slots slots() {
    return slots;
  }

  /// Makes adapters ready for the model that was read, on whatever thread and at any time later.
  ///
  /// @param architecture the model's
  public Function<Adapter, FittedAdapter> adapters(String architecture) {
    return adapter -> AdapterWeights.of(adapter, architecture, slots);
  }

  /// Whether an adapter was made for the model that was read.
  public Predicate<FittedAdapter> own() {
    return adapter ->
        switch (adapter) {
          case AdapterWeights weights -> weights.belongsTo(slots);
        };
  }

  /// A matrix and, where the model has one, a bias added to its outputs.
  ///
  /// @param weight `[rows, columns]`
  /// @param bias `[rows]`, or null where there is none
  /// @param slot where adapters are found that change it
  public record Linear(Matrix weight, float @Nullable [] bias, int slot) {

    /// A matrix that no adapter changes.
    public Linear(Matrix weight, float @Nullable [] bias) {
      this(weight, bias, Slots.NONE);
    }

    /// The projection that fills `y`, `[rows of the pass, stride]`.
    public Projection product(float[] y, int stride) {
      return new Projection(this, y, stride);
    }

    /// Adds the bias to row `row` of `y`.
    void addBias(float[] y, int row, Workspace workspace) {
      if (bias != null) {
        workspace.kernels.add(y, row * bias.length, bias, 0, bias.length);
      }
    }
  }

  /// A product to compute, with what adapters add to it: see [Workspace#multiply].
  ///
  /// @param linear the matrix
  /// @param y where the results go, `[rows of the pass, stride]`
  /// @param stride numbers from one row of `y` to the next
  public record Projection(Linear linear, float[] y, int stride) {

    /// The product with the matrix alone, without what adapters add.
    public Matrix.Product frozen() {
      return new Matrix.Product(linear.weight(), y, 0, stride);
    }
  }
}
