package dev.freehold.model.architecture;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.ModelConfiguration;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.layer.Weights;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// The architectures that are served, by the name a file gives.
public final class Architectures {

  private static final Map<String, Function<Parts, Stack>> DECODERS = new TreeMap<>();

  static {
    DECODERS.put("gemma2", Gemma::read2);
    DECODERS.put("gemma3", Gemma::read3);
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
  }

  private Architectures() {}

  /// All names, for a message that says what is served.
  public static String names() {
    return String.join(", ", DECODERS.keySet());
  }

  /// Reads the parameters and claims the tensors of a file.
  ///
  /// @throws Unsupported where its architecture, or a parameter of it, is not served
  /// @throws dev.freehold.chat.MalformedFile where parameters or tensors are missing or do not fit
  ///   together
  public static Transformer.Decoder read(
      Metadata metadata, Weights weights, ModelConfiguration configuration) {
    String name = metadata.string("general.architecture");
    Function<Parts, Stack> decoder = DECODERS.get(name);
    if (decoder == null) {
      throw new Unsupported("Model architecture " + name, names());
    }
    Parts parts = new Parts(metadata, weights, configuration);
    Stack stack = decoder.apply(parts);
    parts.keys().requireAllRead();
    return stack;
  }
}
