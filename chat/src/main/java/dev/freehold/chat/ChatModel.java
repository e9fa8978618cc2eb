package dev.freehold.chat;

/// The port every model stands behind, whether its weights are in this process or behind a socket.
///
/// Implementations are safe for use by many threads at once.
public interface ChatModel extends AutoCloseable {

  /// What this model is.
  ModelCard card();

  /// Starts an answer. Refuses before the first event what cannot be honoured.
  ///
  /// @throws InvalidRequest where a field cannot be honoured, naming it
  /// @throws ContextLengthExceeded where the prompt does not fit; it is never cut
  /// @throws Busy where too many requests wait already
  ChatStream stream(ChatRequest request);

  /// How many tokens of the context window this prompt takes, template included.
  int countTokens(Prompt prompt);

  /// Frees what the model holds; running answers end with [Unavailable].
  @Override
  void close();

  /// The whole answer at once.
  default ChatAnswer answer(ChatRequest request) {
    try (ChatStream events = stream(request)) {
      return ChatAnswer.of(events);
    }
  }
}
