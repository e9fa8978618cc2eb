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

  /// The tokens of a plain text as the model reads it, each with how likely it is after those
  /// before it. The first has nothing before it, and no number (NaN).
  ///
  /// @param top how many of the likeliest tokens are told beside each, 0 to 20
  /// @throws Unsupported where a model does not give log-probabilities of given texts
  default List<ChatEvent.TokenLogprob> tokens(String text, int top) {
    throw new Unsupported(
        "Asking %s how likely a given text is".formatted(card().name()),
        "models that run in this process");
  }

  /// How likely each of these texts is as the answer to a prompt, in the very tokens in which a
  /// request would be answered: a conversation is rendered with the model's template up to where
  /// the assistant speaks, and the texts are cut into tokens by themselves.
  ///
  /// @throws Unsupported where a model does not give log-probabilities of given texts
  default List<Continuation> continuations(Prompt prompt, List<String> texts) {
    return switch (prompt) {
      case Prompt.Text text -> continuations(text.text(), texts);
      case Prompt.Conversation _ ->
          throw new Unsupported(
              "Asking %s how likely a given answer is".formatted(card().name()),
              "models that run in this process");
    };
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
