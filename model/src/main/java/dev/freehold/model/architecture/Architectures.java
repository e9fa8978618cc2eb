package dev.freehold.model.architecture;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.Classifier;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.layer.Weights;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// The architectures that are served, by the name a file gives.
public final class Architectures {

  private static final Map<String, Function<Parts, ? extends Transformer.Network>> DECODERS =
      new TreeMap<>();
  private static final Map<String, Function<Parts, Encoder>> ENCODERS = new TreeMap<>();

  static {
    DECODERS.put("deepseek2", DeepSeek2::read);
    DECODERS.put("gemma2", Gemma::read2);
    DECODERS.put("gemma3", Gemma::read3);
    DECODERS.put("gemma4", Gemma4::read);
    DECODERS.put("gpt-oss", GptOss::read);
    DECODERS.put("granite", Granite::read);
    DECODERS.put("granitemoe", Granite::read);
    DECODERS.put("lfm2", Lfm2::read);
    DECODERS.put("lfm2moe", Lfm2::read);
    DECODERS.put("llama", Llama::read);
    DECODERS.put("mistral3", Mistral3::read);
    DECODERS.put("phi3", Phi3::read);
    DECODERS.put("qwen2", Qwen::read2);
    DECODERS.put("qwen2moe", Qwen::read2Experts);
    DECODERS.put("qwen3", Qwen::read3);
    DECODERS.put("qwen35", QwenNext::read35);
    DECODERS.put("qwen35moe", QwenNext::read35Experts);
    DECODERS.put("qwen3moe", Qwen::read3Experts);
    DECODERS.put("qwen3next", QwenNext::readNext);
    DECODERS.put("smollm3", SmolLm3::read);
    ENCODERS.put("bert", Bert::read);
    ENCODERS.put("gemma-embedding", Gemma::readEmbedding);
    ENCODERS.put("modern-bert", ModernBert::read);
    ENCODERS.put("nomic-bert", Bert::readNomic);
    ENCODERS.put("nomic-bert-moe", Bert::readNomicExperts);
  }

  private Architectures() {}

  /// All names, for a message that says what is served.
  public static String names() {
    Set<String> names = new TreeSet<>(DECODERS.keySet());
    names.addAll(ENCODERS.keySet());
    return String.join(", ", names);
  }

  /// What a file holds.
  ///
  /// @param network the model
  /// @param classifier the head of a cross-encoder, if it is one
  public record Read(Transformer.Network network, Optional<Classifier> classifier) {}

  /// Reads the parameters and claims the tensors of a file.
  ///
  /// @throws Unsupported where its architecture, or a parameter of it, is not served
  /// @throws dev.freehold.chat.MalformedFile where parameters or tensors are missing or do not fit
  ///   together
  public static Read read(Metadata metadata, Weights weights, ModelConfiguration configuration) {
    String name = metadata.string("general.architecture");
    Function<Parts, ? extends Transformer.Network> reader = DECODERS.get(name);
    boolean encoder = reader == null;
    if (encoder) {
      reader = ENCODERS.get(name);
    }
    if (reader == null) {
      throw new Unsupported("Model architecture " + name, names());
    }
    Parts parts = new Parts(metadata, weights, configuration, encoder);
    Transformer.Network network = reader.apply(parts);
    Optional<Classifier> classifier = ClassifierReader.read(parts);
    parts.keys().requireAllRead();
    return new Read(network, classifier);
  }
}
