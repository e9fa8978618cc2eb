package dev.freehold.model.adapter;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.adapter.Adapter.LowRank;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.GgufWriter;
import dev.freehold.model.gguf.GgufWriter.Planned;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.tensor.Dequantizer;
import dev.freehold.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Adapters in GGUF, as llama.cpp reads them and its `convert_lora_to_gguf.py` writes them:
/// `general.type` is `adapter`, `adapter.type` is `lora`, and matrix `X` has its factors in
/// `X.lora_a`, `[in, rank]`, and `X.lora_b`, `[rank, out]`, the numbers that lie side by side
/// first.
///
/// Source: `src/llama-adapter.cpp` of llama.cpp.
public final class GgufAdapter {

  private static final String TYPE = "adapter.type";
  private static final String ALPHA = "adapter.lora.alpha";
  private static final String BASE_COUNT = "general.base_model.count";
  private static final String BASE_NAME = "general.base_model.0.name";
  private static final String BASE_DIGEST = "freehold.base.digest";
  private static final Set<String> KNOWN = Set.of(TYPE, ALPHA, BASE_DIGEST);
  private static final String A = ".lora_a";
  private static final String B = ".lora_b";

  private GgufAdapter() {}

  /// Reads the adapter at `path`. An alpha that is missing or 0 leaves products as they are, as in
  /// llama.cpp.
  ///
  /// @throws dev.freehold.chat.NotFound where there is no such file
  /// @throws MalformedFile where the file breaks the format, or factors do not fit together
  /// @throws Unsupported where it is no LoRA adapter, or has tensors or parameters that would be
  ///   passed over
  public static AdapterFile read(Path path) {
    try (GgufFile file = GgufFile.open(path)) {
      return ModelFile.whole(file.name(), () -> read(file));
    }
  }

  /// Reads an adapter out of an open file.
  public static AdapterFile read(ModelFile file) {
    Metadata metadata = file.metadata();
    requireLora(file.name(), metadata);
    Map<String, LowRank> pairs = pairs(file);
    float alpha = metadata.number(ALPHA, 0);
    if (alpha < 0 || !Float.isFinite(alpha)) {
      throw new MalformedFile(file.name(), -1, "%s is %s".formatted(ALPHA, alpha));
    }
    String architecture = metadata.string("general.architecture");
    Map<String, Double> scales = new HashMap<>();
    if (alpha == 0) {
      pairs.keySet().forEach(name -> scales.put(name, 1.0));
    }
    int rank = pairs.values().stream().mapToInt(LowRank::rank).max().orElse(1);
    Adapter adapter = Scaled.adapter(architecture, alpha == 0 ? rank : alpha, pairs, scales);
    return new AdapterFile(
        adapter, metadata.string(BASE_NAME, ""), metadata.string(BASE_DIGEST, ""));
  }

  private static void requireLora(String file, Metadata metadata) {
    String general = metadata.string("general.type", "model");
    String type = metadata.string(TYPE, "");
    if (!general.equals("adapter") || !type.equals("lora")) {
      throw new Unsupported(
          "%s (general.type %s, adapter.type %s) as an adapter"
              .formatted(file, general, type.isEmpty() ? "absent" : type),
          "general.type adapter with adapter.type lora");
    }
    List<String> others = new ArrayList<>();
    for (String key : new TreeSet<>(metadata.names())) {
      if (!key.startsWith("general.") && !KNOWN.contains(key)) {
        others.add(key);
      }
    }
    if (!others.isEmpty()) {
      throw new Unsupported(
          "An adapter with %s (%s)".formatted(Fit.named(others), file),
          "adapters with %s alone".formatted(ALPHA));
    }
  }

  private static Map<String, LowRank> pairs(ModelFile file) {
    List<String> leftovers = new ArrayList<>();
    Map<String, LowRank> pairs = new TreeMap<>();
    for (GgufTensor tensor : file.tensors().values()) {
      String name = tensor.name();
      if (name.endsWith(A)) {
        String matrix = name.substring(0, name.length() - A.length());
        pairs.put(matrix, pair(file, matrix, tensor));
      } else if (!name.endsWith(B)
          || file.tensor(name.substring(0, name.length() - B.length()) + A).isEmpty()) {
        leftovers.add(name);
      }
    }
    if (!leftovers.isEmpty()) {
      throw new Unsupported(
          "%s has %d tensors that belong to no pair of factors (%s), so this adapter"
              .formatted(file.name(), leftovers.size(), Fit.named(leftovers)),
          "adapters whose every tensor takes part");
    }
    if (pairs.isEmpty()) {
      throw new MalformedFile(file.name(), -1, "it adapts no matrix");
    }
    return pairs;
  }

  private static LowRank pair(ModelFile file, String matrix, GgufTensor a) {
    GgufTensor b =
        file.tensor(matrix + B)
            .orElseThrow(() -> new MalformedFile(file.name(), -1, matrix + B + " is missing"));
    if (a.shape().size() > 2 || b.shape().size() > 2) {
      throw new Unsupported(
          "An adapter of experts (%s in %s)".formatted(matrix, file.name()),
          "adapters of matrices that all tokens pass");
    }
    long in = a.shape().get(0);
    long rank = second(a);
    long out = second(b);
    if (b.shape().get(0) != rank || Math.max(rank * in, rank * out) > Integer.MAX_VALUE) {
      throw new MalformedFile(
          file.name(),
          -1,
          "the factors of %s are %s and %s".formatted(matrix, a.shape(), b.shape()));
    }
    return new LowRank(
        (int) rank, (int) in, (int) out, numbers(file.name(), a), numbers(file.name(), b));
  }

  private static long second(GgufTensor tensor) {
    return tensor.shape().size() < 2 ? 1 : tensor.shape().get(1);
  }

  private static float[] numbers(String file, GgufTensor tensor) {
    float[] numbers = new float[Math.toIntExact(tensor.weights())];
    Dequantizer.dequantize(tensor.type(), tensor.segment(), 0, numbers, 0, numbers.length);
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        throw new MalformedFile(file, -1, "a number of %s is %s".formatted(tensor.name(), number));
      }
    }
    return numbers;
  }

  /// Writes an adapter to `target`, over a file that is there, in F32: what is read back is equal.
  ///
  /// @throws dev.freehold.chat.Unavailable where the disk does not take it
  public static void write(AdapterFile file, Path target) {
    Adapter adapter = file.adapter();
    GgufHeader header =
        new GgufHeader()
            .text("general.architecture", adapter.architecture())
            .text("general.type", "adapter")
            .text(TYPE, "lora")
            .number(ALPHA, adapter.alpha());
    if (!file.baseName().isEmpty()) {
      header.integer(BASE_COUNT, 1).text(BASE_NAME, file.baseName());
    }
    if (!file.baseDigest().isEmpty()) {
      header.text(BASE_DIGEST, file.baseDigest());
    }
    SortedMap<String, float[]> numbers = new TreeMap<>();
    List<Planned> tensors = new ArrayList<>();
    adapter
        .pairs()
        .forEach((name, pair) -> {
          tensors.add(planned(name + A, pair.in(), pair.rank()));
          tensors.add(planned(name + B, pair.rank(), pair.out()));
          numbers.put(name + A, pair.a());
          numbers.put(name + B, pair.b());
        });
    GgufWriter.write(
        target,
        header,
        tensors,
        (tensor, sink) -> {
          byte[] bytes = bytes(numbers.getOrDefault(tensor.name(), new float[0]));
          sink.accept(bytes, 0, bytes.length);
        });
  }

  private static Planned planned(String name, int columns, int rows) {
    return new Planned(name, TensorType.F32, List.of((long) columns, (long) rows));
  }

  private static byte[] bytes(float[] numbers) {
    ByteBuffer buffer = ByteBuffer.allocate(numbers.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(numbers);
    return buffer.array();
  }
}
