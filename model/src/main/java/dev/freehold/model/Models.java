package dev.freehold.model;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.architecture.Llama;
import dev.freehold.model.architecture.Transformer;
import dev.freehold.model.gguf.GgufFile;
import dev.freehold.model.layer.Weights;
import dev.freehold.tensor.Workers;
import java.nio.file.Path;

/// Opens models.
public final class Models {

  private Models() {}

  /// Reads the model file at `path` into memory.
  ///
  /// @throws dev.freehold.chat.NotFound where there is no such file
  /// @throws dev.freehold.chat.MalformedFile where the file breaks its format, lacks a tensor, or
  ///   has tensors that its architecture does not know
  /// @throws Unsupported where its architecture or a feature of it is not served yet
  /// @throws dev.freehold.chat.Unavailable where it does not fit in memory
  public static LanguageModel open(Path path, ModelConfiguration configuration) {
    try (GgufFile file = GgufFile.open(path)) {
      return open(file, configuration);
    }
  }

  /// Reads a model out of an open file, which may be closed afterwards. Errors are those of
  /// [#open(Path, ModelConfiguration)].
  public static LanguageModel open(GgufFile file, ModelConfiguration configuration) {
    Workers workers = new Workers(configuration.threads());
    boolean opened = false;
    try {
      Weights weights = new Weights(file, workers);
      Transformer.Decoder decoder = decoder(file, weights, configuration);
      weights.requireAllClaimed();
      opened = true;
      return new Transformer(decoder, workers, configuration);
    } finally {
      if (!opened) {
        workers.close();
      }
    }
  }

  private static Transformer.Decoder decoder(
      GgufFile file, Weights weights, ModelConfiguration configuration) {
    String architecture = file.metadata().string("general.architecture");
    return switch (architecture) {
      case "llama" -> new Llama(file.metadata(), weights, configuration);
      default -> throw new Unsupported("Model architecture " + architecture, "llama");
    };
  }
}
