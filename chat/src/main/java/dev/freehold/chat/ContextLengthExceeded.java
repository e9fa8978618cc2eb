package dev.freehold.chat;

/// A prompt is longer than the model's context window; it is refused, never cut.
public final class ContextLengthExceeded extends FreeholdException {

  private final int promptTokens;
  private final int contextLength;

  /// @param promptTokens tokens of the prompt
  /// @param contextLength most tokens the model takes
  public ContextLengthExceeded(int promptTokens, int contextLength) {
    super(
        ("The prompt has %d tokens and the model's context window holds %d. "
                + "Shorten the prompt or choose a model with a longer window.")
            .formatted(promptTokens, contextLength),
        null);
    this.promptTokens = promptTokens;
    this.contextLength = contextLength;
  }

  /// Tokens of the prompt.
  public int promptTokens() {
    return promptTokens;
  }

  /// Most tokens the model takes.
  public int contextLength() {
    return contextLength;
  }
}
