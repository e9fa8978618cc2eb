package dev.freehold.langchain4j;

import dev.freehold.chat.Embedder;
import dev.freehold.chat.FreeholdException;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import java.util.List;

/// LangChain4j's `EmbeddingModel` over an embedder that runs in this process.
///
/// LangChain4j does not say which texts are questions; they are all embedded for the one purpose
/// given. The embedder stays its owner's to close. Safe for use by many threads at once.
public final class FreeholdEmbeddingModel implements EmbeddingModel {

  private final Embedder embedder;
  private final Embedder.Purpose purpose;

  /// @param embedder makes the vectors
  /// @param purpose what the texts given to this object are for
  public FreeholdEmbeddingModel(Embedder embedder, Embedder.Purpose purpose) {
    this.embedder = embedder;
    this.purpose = purpose;
  }

  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    try {
      List<String> texts = segments.stream().map(TextSegment::text).toList();
      List<Embedding> embeddings =
          embedder.embed(purpose, texts).stream().map(Embedding::from).toList();
      int tokens = texts.stream().mapToInt(embedder::countTokens).sum();
      return Response.from(embeddings, new TokenUsage(tokens));
    } catch (FreeholdException e) {
      throw Failures.of(e);
    }
  }

  @Override
  public int dimension() {
    return embedder.dimensions();
  }

  @Override
  public String modelName() {
    return embedder.id();
  }
}
