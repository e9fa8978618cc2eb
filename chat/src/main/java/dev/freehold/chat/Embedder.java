package dev.freehold.chat;

import java.util.List;

/// The port of an embedding model: texts to vectors whose cosine tells how near they are in
/// meaning.
///
/// Implementations are safe for use by many threads at once.
public interface Embedder extends AutoCloseable {

  /// What a text is for; some models put another instruction before each.
  enum Purpose {
    /// A question.
    QUERY,
    /// A text that may answer one.
    PASSAGE
  }

  /// Identifies model and version; vectors of different ids cannot be compared.
  String id();

  /// Length of each vector.
  int dimensions();

  /// Most tokens of one text; a longer one is refused.
  int maxTokens();

  /// How many tokens a text takes.
  int countTokens(String text);

  /// One vector of unit length for each text, in their order.
  ///
  /// @throws InvalidRequest where a text is longer than [#maxTokens]
  List<float[]> embed(Purpose purpose, List<String> texts);

  @Override
  void close();
}
