package dev.freehold.chat;

import java.util.List;

/// The port of a cross-encoder: a model that reads a question and a passage together and says how
/// well the one answers the other, which vectors of each alone can only guess.
///
/// Implementations are safe for use by many threads at once.
public interface Reranker extends AutoCloseable {

  /// Identifies model and version; relevance of different ids cannot be compared.
  String id();

  /// Most tokens of a question and a passage together; a longer pair is refused.
  int maxTokens();

  /// How many tokens a question and a passage take together, with all that is put around them.
  int countTokens(String question, String passage);

  /// How well each passage answers the question, between 0 and 1, in their order.
  ///
  /// @throws InvalidRequest where the question and a passage are longer than [#maxTokens]
  List<Double> relevance(String question, List<String> passages);

  @Override
  void close();
}
