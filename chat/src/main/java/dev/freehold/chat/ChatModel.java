package dev.freehold.chat;

import java.util.List;

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

  /// How likely each of these texts is as the continuation of a context: plain text, no template.
  ///
  /// Cut into tokens as lm-evaluation-harness does it: blanks at the end of the context go to the
  /// continuation, context and continuation are cut together, and what follows the tokens of the
  /// context alone is the continuation.
  ///
  /// @throws Unsupported where a model does not give log-probabilities of given texts
  default List<Continuation> continuations(String context, List<String> texts) {
    throw new Unsupported(
        "Asking %s how likely a given text is".formatted(card().name()),
        "models that run in this process");
  }

  /// The same weights as an embedding model. It ends with this model and need not be closed.
  ///
  /// @throws Unsupported where the model gives no vectors
  default Embedder embedder() {
    throw new Unsupported(
        "Embedding texts with %s".formatted(card().name()), "models that run in this process");
  }

  /// The same weights as a reranker. It ends with this model and need not be closed.
  ///
  /// @throws Unsupported where the model was not made to rank passages
  default Reranker reranker() {
    throw new Unsupported(
        "Ranking passages with %s".formatted(card().name()),
        "cross-encoders that run in this process");
  }

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
