package dev.freehold.model.safetensors.family;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.GgufHeader;
import java.util.List;
import java.util.Map;

/// A family of models as transformers keeps them: its `config.json` in GGUF's words, and its
/// tensors under GGUF's names. What transformers assumes where a key is absent is assumed here;
/// what changes the computation and is not served is refused by name.
public abstract class Family {

  final Settings config;
  private final String architecture;

  /// @param architecture GGUF's name of it
  Family(Settings config, String architecture) {
    this.config = config;
    this.architecture = architecture;
  }

  /// GGUF's name of the architecture.
  public final String architecture() {
    return architecture;
  }

  final String key(String key) {
    return architecture + "." + key;
  }

  /// Writes the keys of the architecture.
  public abstract void describe(GgufHeader header);

  /// What GGUF has instead of a tensor, in GGUF's names: one tensor or several, or none where it
  /// has no part in what is computed.
  ///
  /// @param stored a tensor under transformers' name
  /// @param all those of the folder
  /// @throws Unsupported where the family is not known to have it
  public abstract List<FolderTensor> read(FolderTensor stored, Map<String, FolderTensor> all);

  /// Vectors that GGUF files have and folders do not, by name.
  public Map<String, float[]> computed() {
    return Map.of();
  }

  /// How many tokens there are.
  public int vocabularySize() {
    return config.integer("vocab_size", 0);
  }

  /// Whether there is no head but the embedding.
  public abstract boolean tiesHead();

  /// Whether linear maps may follow the pooling, as sentence-transformers has them.
  public boolean mapsVectors() {
    return false;
  }

  final Unsupported unknown(FolderTensor stored) {
    return new Unsupported(
        "Tensor %s beside %s".formatted(stored.name(), config.file()),
        "the tensors that transformers writes for model_type "
            + config.path("model_type").asString(""));
  }
}
