package dev.freehold.remote;

import dev.freehold.chat.InvalidRequest;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What an upstream speaks: whose API, and which of our fields it can honour. What it cannot is
/// refused by name before anything is sent.
///
/// Sources: the API references of OpenAI, Azure OpenAI, Mistral and Anthropic; the
/// OpenAI-compatible servers' own documentation of vLLM, llama.cpp and Ollama.
public enum Dialect {
  /// OpenAI itself.
  OPENAI(4, Field.OF_OPENAI),
  /// OpenAI's models at Azure: the model is a deployment, the key travels as `api-key`.
  AZURE(4, Field.OF_OPENAI),
  /// Mistral's API: `random_seed`, no log-probabilities.
  MISTRAL(16, Field.PENALTIES, Field.SEED, Field.TOOLS, Field.RESPONSE_FORMAT),
  /// vLLM's server.
  VLLM(16, Field.OF_SCORING_SERVERS),
  /// llama.cpp's server.
  LLAMACPP(16, Field.OF_OPEN_SERVERS),
  /// Ollama's OpenAI API.
  OLLAMA(16, Field.PENALTIES, Field.SEED, Field.TOOLS, Field.RESPONSE_FORMAT),
  /// Another Freehold.
  FREEHOLD(16, Field.OF_SCORING_SERVERS),
  /// Any other server that says it is compatible: only what all of them honour.
  COMPATIBLE(4, Field.PENALTIES, Field.SEED, Field.TOOLS, Field.SCORES),
  /// Anthropic's messages API.
  ANTHROPIC(16, Field.TOP_K, Field.TOOLS);

  enum Field {
    PENALTIES,
    SEED,
    LOGPROBS,
    TOP_K,
    MIN_P,
    REPEAT_PENALTY,
    /// JSON, and JSON of a schema, that the server itself holds answers to.
    RESPONSE_FORMAT,
    TOOLS,
    EFFORT,
    /// What the model thought in earlier turns.
    REASONING,
    TEMPLATE_VARIABLES,
    /// Log-probabilities of a given text, by completions with `echo`.
    SCORES;

    private static final Field[] OF_OPENAI = {
      PENALTIES, SEED, LOGPROBS, TOOLS, EFFORT, RESPONSE_FORMAT
    };

    private static final Field[] OF_OPEN_SERVERS = {
      PENALTIES,
      SEED,
      LOGPROBS,
      TOP_K,
      MIN_P,
      REPEAT_PENALTY,
      RESPONSE_FORMAT,
      TOOLS,
      EFFORT,
      REASONING,
      TEMPLATE_VARIABLES
    };

    private static final Field[] OF_SCORING_SERVERS =
        Stream.concat(Stream.of(OF_OPEN_SERVERS), Stream.of(SCORES)).toArray(Field[]::new);
  }

  private final int stops;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of() gives a set that cannot be changed.
  private final Set<Field> honoured;

  Dialect(int stops, Field... honoured) {
    this.stops = stops;
    this.honoured = Set.of(honoured);
  }

  boolean honours(Field field) {
    return honoured.contains(field);
  }

  /// Most stop strings it takes.
  int stops() {
    return stops;
  }

  /// The address such a server usually has; empty where there is none.
  public String usualBase() {
    return switch (this) {
      case OPENAI -> "https://api.openai.com/v1";
      case MISTRAL -> "https://api.mistral.ai/v1";
      case ANTHROPIC -> "https://api.anthropic.com";
      case OLLAMA -> "http://127.0.0.1:11434/v1";
      case LLAMACPP -> "http://127.0.0.1:8080/v1";
      case VLLM -> "http://127.0.0.1:8000/v1";
      case AZURE, FREEHOLD, COMPATIBLE -> "";
    };
  }

  /// The word for it in commands and files.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The dialect of that word.
  ///
  /// @throws InvalidRequest where there is none
  public static Dialect of(String word) {
    return Stream.of(values())
        .filter(one -> one.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new InvalidRequest(
                "\"%s\" is no kind of upstream. There are: %s."
                    .formatted(
                        word,
                        Stream.of(values()).map(Dialect::word).collect(Collectors.joining(", "))),
                "kind"));
  }
}
