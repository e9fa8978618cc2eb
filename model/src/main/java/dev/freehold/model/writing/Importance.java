package dev.freehold.model.writing;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.tensor.Dequantizer;
import dev.freehold.tensor.TensorType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// How much each input of each matrix matters: the mean square of what went through it on a text,
/// as llama.cpp's `llama-imatrix` writes it in GGUF. Immutable.
public final class Importance {

  private static final String SUMS = ".in_sum2";
  private static final String COUNTS = ".counts";

  private final Map<String, float[]> means = new HashMap<>();

  private Importance() {}

  /// Reads the file at `path`.
  ///
  /// @throws Unsupported where it is a GGUF file of another kind
  /// @throws MalformedFile where it is no sound GGUF file, or its parts do not fit together
  public static Importance read(Path path) {
    try (GgufFile file = GgufFile.open(path)) {
      if (!file.metadata().string("general.type", "").equals("imatrix")) {
        throw new Unsupported(path + " as importance matrix", "GGUF files of general.type imatrix");
      }
      Importance importance = new Importance();
      for (GgufTensor sums : file.tensors().values()) {
        if (sums.name().endsWith(SUMS)) {
          String name = sums.name().substring(0, sums.name().length() - SUMS.length());
          GgufTensor counts =
              file.tensor(name + COUNTS)
                  .orElseThrow(
                      () -> new MalformedFile(path.toString(), -1, name + COUNTS + " is missing"));
          importance.means.put(name, means(path, floats(path, sums), floats(path, counts)));
        }
      }
      return importance;
    }
  }

  private static float[] floats(Path path, GgufTensor tensor) {
    if (tensor.type() != TensorType.F32 || tensor.weights() > 1 << 28) {
      throw new MalformedFile(path.toString(), -1, tensor.name() + " is not a list of floats");
    }
    float[] floats = new float[(int) tensor.weights()];
    Dequantizer.dequantize(TensorType.F32, tensor.segment(), 0, floats, 0, floats.length);
    return floats;
  }

  private static float[] means(Path path, float[] sums, float[] counts) {
    if (counts.length == 0 || sums.length % counts.length != 0) {
      throw new MalformedFile(path.toString(), -1, "sums and counts do not fit together");
    }
    int columns = sums.length / counts.length;
    float[] means = new float[sums.length];
    for (int i = 0; i < means.length; i++) {
      float count = counts[i / columns];
      // An expert that was never chosen says nothing: all its inputs matter alike.
      means[i] = count > 0 ? sums[i] / count : 1;
    }
    return means;
  }

  /// The importance of each input of matrix `name`, one after another for stacked experts.
  Optional<float[]> of(String name) {
    return Optional.ofNullable(means.get(name));
  }
}
