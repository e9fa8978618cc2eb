package dev.freehold.model;

import dev.freehold.chat.Unavailable;
import dev.freehold.model.architecture.Architectures;
import dev.freehold.model.architecture.Transformer;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.layer.Weights;
import dev.freehold.tensor.TensorType;
import dev.freehold.tensor.WarmUp;
import dev.freehold.tensor.Workers;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// Opens models.
public final class Models {

  // Arrays of a pass and the first sequences.
  private static final long WORKING_MEMORY = 48L << 20;

  private Models() {}

  /// Reads the model file at `path` into memory.
  ///
  /// @throws dev.freehold.chat.NotFound where there is no such file
  /// @throws dev.freehold.chat.MalformedFile where the file breaks its format, lacks a tensor, or
  ///   has tensors that its architecture does not know
  /// @throws dev.freehold.chat.Unsupported where its architecture or a feature of it is not served
  ///   yet
  /// @throws Unavailable where it does not fit in memory
  public static LanguageModel open(Path path, ModelConfiguration configuration) {
    try (GgufFile file = GgufFile.open(path)) {
      return open(file, configuration);
    }
  }

  /// Reads a model out of an open file, which may be closed afterwards. Errors are those of
  /// [#open(Path, ModelConfiguration)].
  public static LanguageModel open(GgufFile file, ModelConfiguration configuration) {
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
      Transformer.Decoder decoder = Architectures.read(file.metadata(), weights, configuration);
      weights.requireAllClaimed();
      opened = true;
      return new Transformer(decoder, workers, configuration);
    } finally {
      if (!opened) {
        workers.close();
      }
    }
  }

  /// Refuses a file whose weights do not fit into the Java heap, before any of them is read.
  private static void requireMemory(GgufFile file) {
    long bytes = file.tensors().values().stream().mapToLong(t -> t.segment().byteSize()).sum();
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
