package dev.freehold.model;

import dev.freehold.chat.Unavailable;
import dev.freehold.model.architecture.Architectures;
import dev.freehold.model.architecture.Transformer;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.model.layer.Weights;
import dev.freehold.model.safetensors.HuggingFaceFolder;
import dev.freehold.tensor.Matrix;
import dev.freehold.tensor.TensorType;
import dev.freehold.tensor.WarmUp;
import dev.freehold.tensor.Workers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// Opens models.
public final class Models {

  // Arrays of a pass and the first sequences.
  private static final long WORKING_MEMORY = 48L << 20;

  private Models() {}

  /// Opens what lies at `path`: a GGUF file, one part of a model that was cut into several, or a
  /// folder in the form of Hugging Face. Errors are those of [#open(Path, ModelConfiguration)].
  public static ModelFile file(Path path) {
    return Files.isDirectory(path) ? HuggingFaceFolder.open(path) : GgufFile.open(path);
  }

  /// Reads the model file or folder at `path` into memory.
  ///
  /// @throws dev.freehold.chat.NotFound where there is no such file
  /// @throws dev.freehold.chat.MalformedFile where the file breaks its format, lacks a tensor, or
  ///   has tensors that its architecture does not know
  /// @throws dev.freehold.chat.Unsupported where its architecture or a feature of it is not served
  ///   yet
  /// @throws Unavailable where it does not fit in memory
  public static LanguageModel open(Path path, ModelConfiguration configuration) {
    try (ModelFile file = file(path)) {
      return open(file, configuration);
    }
  }

  /// Reads a model out of an open file, which may be closed afterwards. Errors are those of
  /// [#open(Path, ModelConfiguration)].
  public static LanguageModel open(ModelFile file, ModelConfiguration configuration) {
    return ModelFile.whole(file.name(), () -> read(file, configuration));
  }

  private static LanguageModel read(ModelFile file, ModelConfiguration configuration) {
    requireMemory(file);
    Set<TensorType> types = new HashSet<>();
    file.tensors().values().stream()
        .filter(tensor -> tensor.shape().size() > 1)
        .forEach(tensor -> types.add(tensor.type()));
    Thread.ofPlatform().name("freehold-warm-up").daemon().start(() -> WarmUp.run(types));
    Workers workers = new Workers(configuration.threads());
    boolean opened = false;
    try {
      Weights weights = new Weights(file, workers);
      Architectures.Read read = Architectures.read(file.metadata(), weights, configuration);
      weights.requireAllClaimed();
      opened = true;
      return new Transformer(read, workers, configuration);
    } finally {
      if (!opened) {
        workers.close();
      }
    }
  }

  /// Refuses a file whose weights do not fit into the Java heap, before any of them is read.
  private static void requireMemory(ModelFile file) {
    long bytes =
        file.tensors().values().stream()
            .mapToLong(tensor -> Matrix.memory(tensor.type(), tensor.weights()))
            .sum();
    long needed = bytes + bytes / 20 + WORKING_MEMORY;
    Runtime runtime = Runtime.getRuntime();
    long free = free(runtime);
    if (free < needed) {
      System.gc(); // what looks used may be garbage
      free = free(runtime);
    }
    if (free < needed) {
      throw new Unavailable(
          ("%s needs about %d MB of memory and the Java heap has %d MB free of %d. "
                  + "Start with a larger heap (-Xmx) or choose a smaller model.")
              .formatted(file.name(), needed >> 20, free >> 20, runtime.maxMemory() >> 20));
    }
  }

  private static long free(Runtime runtime) {
    return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
  }
}
