package dev.freehold.model;

import dev.freehold.chat.NotFound;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Opens models.
public final class Models {

  // Arrays of a pass and the first sequences.
  private static final long WORKING_MEMORY = 48L << 20;

  private Models() {}

  /// Opens what lies at `path`: a GGUF file, one part of a model that was cut into several, a
  /// folder in the form of Hugging Face, or one with a single GGUF model, whole or in parts. Errors
  /// are those of [#open(Path, ModelConfiguration)].
  public static ModelFile file(Path path) {
    if (!Files.isDirectory(path)) {
      return GgufFile.open(path);
    }
    return Files.exists(path.resolve("config.json"))
        ? HuggingFaceFolder.open(path)
        : GgufFile.open(onlyFile(path));
  }

  /// The GGUF file of a folder, or the first part.
  private static Path onlyFile(Path folder) {
    List<Path> files;
    try (Stream<Path> children = Files.list(folder)) {
      files =
          children
              .filter(file -> file.toString().endsWith(".gguf"))
              .sorted()
              .limit(100_000)
              .toList();
    } catch (IOException e) {
      throw new Unavailable("%s could not be read: %s".formatted(folder, e.getMessage()), e);
    }
    String parts = "-\\d{5}-of-\\d{5}\\.gguf$";
    long models =
        files.stream().map(file -> file.toString().replaceAll(parts, "")).distinct().count();
    if (models != 1) {
      throw new NotFound(
          "%s holds %s: neither config.json, nor one GGUF model."
              .formatted(folder, models == 0 ? "no model" : "%d models".formatted(models)));
    }
    return files.getFirst();
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
    return ModelFile.whole(file.name(), () -> read(file, configuration, null));
  }

  /// Sees what goes into the matrices of a model.
  @FunctionalInterface
  public interface InputWatcher {
    /// Matrix `index` of `tensor` is about to be multiplied with `tokens` rows of `x`, `[…,
    /// columns]`, from row `first` on.
    void saw(String tensor, int index, float[] x, int first, int tokens, int columns);
  }

  /// The same, for measuring: `watcher` sees every input of every matrix, on the thread that steps.
  public static LanguageModel watched(
      ModelFile file, ModelConfiguration configuration, InputWatcher watcher) {
    return ModelFile.whole(file.name(), () -> read(file, configuration, watcher));
  }

  private static LanguageModel read(
      ModelFile file, ModelConfiguration configuration, @Nullable InputWatcher watcher) {
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
      if (watcher != null) {
        workers.watch((matrix, x, first, tokens) ->
            weights
                .part(matrix)
                .ifPresent(part ->
                    watcher.saw(part.tensor(), part.index(), x, first, tokens, matrix.columns())));
      }
      opened = true;
      return new Transformer(read, workers, configuration, weights);
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
