package dev.freehold.model.safetensors;

import dev.freehold.chat.Unsupported;
import java.util.Arrays;
import java.util.stream.Collectors;

/// The families of models whose folders are read, by what `config.json` calls `model_type`.
enum Family {
  LLAMA("llama", "llama"),
  MISTRAL("mistral", "llama"),
  MIXTRAL("mixtral", "llama"),
  QWEN2("qwen2", "qwen2"),
  QWEN3("qwen3", "qwen3"),
  QWEN3_MOE("qwen3_moe", "qwen3moe"),
  GEMMA3("gemma3_text", "gemma3"),
  BERT("bert", "bert"),
  ROBERTA("roberta", "bert"),
  XLM_ROBERTA("xlm-roberta", "bert");

  /// The name in `config.json`.
  final String type;

  /// GGUF's name of the architecture.
  final String architecture;

  Family(String type, String architecture) {
    this.type = type;
    this.architecture = architecture;
  }

  static Family of(String type) {
    return Arrays.stream(values())
        .filter(family -> family.type.equals(type))
        .findFirst()
        .orElseThrow(() ->
            new Unsupported(
                "A folder of model_type %s".formatted(type.isEmpty() ? "unknown" : type),
                Arrays.stream(values())
                    .map(family -> family.type)
                    .collect(Collectors.joining(", "))));
  }

  /// Whether rows of queries and keys are kept as pairs side by side, as GGUF's `llama` wants them.
  boolean pairsRows() {
    return architecture.equals("llama");
  }

  /// Whether every token sees the whole text, and there is no head.
  boolean encodes() {
    return architecture.equals("bert");
  }

  /// Whether norms are stored as their distance from 1.
  boolean normsFromOne() {
    return this == GEMMA3;
  }
}
