package dev.freehold.model.writing;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.gguf.GgufHeader;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.GgufWriter;
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
import java.util.Optional;
import java.util.TreeMap;

/// How much each input of each matrix matters: the mean square of what went through it on a text,
/// as llama.cpp's `llama-imatrix` writes it in GGUF. Immutable.
public final class Importance {

  private static final String SUMS = ".in_sum2";
  private static final String COUNTS = ".counts";

  /// What went into one matrix, or each of several stacked ones.
  ///
  /// @param sums of the squares of each input, one matrix after another
  /// @param counts how many inputs there were, one number for each matrix
  record Inputs(float[] sums, float[] counts) {}

  private final Map<String, Inputs> inputs;

  Importance(Map<String, Inputs> inputs) {
    this.inputs = Map.copyOf(inputs);
  }

  /// Reads the file at `path`.
  ///
  /// @throws Unsupported where it is a GGUF file of another kind
  /// @throws MalformedFile where it is no sound GGUF file, or its parts do not fit together
  public static Importance read(Path path) {
    try (GgufFile file = GgufFile.open(path)) {
      if (!file.metadata().string("general.type", "").equals("imatrix")) {
        throw new Unsupported(path + " as importance matrix", "GGUF files of general.type imatrix");
      }
      return ModelFile.whole(path.toString(), () -> read(path, file));
    }
  }

  private static Importance read(Path path, GgufFile file) {
    Map<String, Inputs> inputs = new HashMap<>();
    for (GgufTensor tensor : file.tensors().values()) {
      if (tensor.name().endsWith(SUMS)) {
        String name = tensor.name().substring(0, tensor.name().length() - SUMS.length());
        GgufTensor counted =
            file.tensor(name + COUNTS)
                .orElseThrow(
                    () -> new MalformedFile(path.toString(), -1, name + COUNTS + " is missing"));
        float[] sums = floats(path, tensor);
        float[] counts = floats(path, counted);
        if (counts.length == 0 || sums.length % counts.length != 0) {
          throw new MalformedFile(path.toString(), -1, "sums and counts do not fit together");
        }
        inputs.put(name, new Inputs(sums, counts));
      }
    }
    return new Importance(inputs);
  }

  /// Writes it as `llama-imatrix` does, over a file that is there.
  ///
  /// @param text what it was measured on, for people
  /// @param windows how many pieces of text
  /// @param context tokens of each
  public void write(Path path, String text, int windows, int context) {
    GgufHeader header =
        new GgufHeader()
            .text("general.type", "imatrix")
            .texts("imatrix.datasets", List.of(text))
            .integer("imatrix.chunk_count", windows)
            .integer("imatrix.chunk_size", context);
    Map<String, float[]> values = new TreeMap<>();
    List<GgufWriter.Planned> tensors = new ArrayList<>();
    new TreeMap<>(inputs)
        .forEach((name, seen) -> {
          long matrices = seen.counts.length;
          values.put(name + SUMS, seen.sums);
          values.put(name + COUNTS, seen.counts);
          tensors.add(planned(name + SUMS, seen.sums.length / matrices, matrices));
          tensors.add(planned(name + COUNTS, 1, matrices));
        });
    GgufWriter.write(
        path,
        header,
        tensors,
        (tensor, sink) -> {
          float[] floats = values.getOrDefault(tensor.name(), new float[0]);
          ByteBuffer bytes = ByteBuffer.allocate(4 * floats.length).order(ByteOrder.LITTLE_ENDIAN);
          bytes.asFloatBuffer().put(floats);
          sink.accept(bytes.array(), 0, bytes.capacity());
        });
  }

  private static GgufWriter.Planned planned(String name, long columns, long matrices) {
    return new GgufWriter.Planned(name, TensorType.F32, List.of(columns, matrices));
  }

  private static float[] floats(Path path, GgufTensor tensor) {
    if (tensor.type() != TensorType.F32 || tensor.weights() > 1 << 28) {
      throw new MalformedFile(path.toString(), -1, tensor.name() + " is not a list of floats");
    }
    float[] floats = new float[(int) tensor.weights()];
    Dequantizer.dequantize(TensorType.F32, tensor.segment(), 0, floats, 0, floats.length);
    return floats;
  }

  /// The importance of each input of matrix `name`, the mean of its squares, one after another for
  /// stacked experts.
  Optional<float[]> of(String name) {
    Inputs seen = inputs.get(name);
    if (seen == null) {
      return Optional.empty();
    }
    int columns = seen.sums.length / seen.counts.length;
    float[] means = new float[seen.sums.length];
    for (int i = 0; i < means.length; i++) {
      float count = seen.counts[i / columns];
      // An expert that was never chosen says nothing: all its inputs matter alike.
      means[i] = count > 0 ? seen.sums[i] / count : 1;
    }
    return Optional.of(means);
  }
}
