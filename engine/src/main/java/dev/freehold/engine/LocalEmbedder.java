package dev.freehold.engine;

import dev.freehold.chat.Embedder;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;

/// A model's final hidden states as vectors: pooled as the file says, else their mean, of unit
/// length. The purpose changes nothing: generative models put no instruction before a text.
final class LocalEmbedder implements Embedder {

  /// Texts in the engine at once, so that a long list does not fill its inbox.
  private static final int TOGETHER = 8;

  private final Engine engine;
  private final Tokenizer tokenizer;
  private final String id;
  private final int dimensions;
  private final int maxTokens;
  private final Embedding.Pooling pooling;

  LocalEmbedder(
      Engine engine,
      Tokenizer tokenizer,
      String id,
      int dimensions,
      int maxTokens,
      Embedding.Pooling pooling) {
    this.engine = engine;
    this.tokenizer = tokenizer;
    this.id = id;
    this.dimensions = dimensions;
    this.maxTokens = maxTokens;
    this.pooling = pooling;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public int dimensions() {
    return dimensions;
  }

  @Override
  public int maxTokens() {
    return maxTokens;
  }

  @Override
  public int countTokens(String text) {
    return tokens(text).length;
  }

  private int[] tokens(String text) {
    return tokenizer.withBeginning(tokenizer.encode(text));
  }

  @Override
  public List<float[]> embed(Purpose purpose, List<String> texts) {
    List<int[]> all = new ArrayList<>(texts.size());
    for (String text : texts) {
      int[] tokens = tokens(text);
      if (tokens.length == 0) {
        throw new InvalidRequest("An empty text has no vector.", "input");
      }
      if (tokens.length > maxTokens) {
        throw new InvalidRequest(
            "A text has %d tokens and the model takes %d.".formatted(tokens.length, maxTokens),
            "input");
      }
      all.add(tokens);
    }
    List<float[]> vectors = new ArrayList<>(all.size());
    for (int from = 0; from < all.size(); from += TOGETHER) {
      vectors.addAll(together(all.subList(from, Math.min(all.size(), from + TOGETHER))));
    }
    return vectors;
  }

  private List<float[]> together(List<int[]> texts) {
    List<Embedding> embeddings = new ArrayList<>(texts.size());
    boolean complete = false;
    try {
      for (int[] tokens : texts) {
        var embedding = new Embedding(tokens, dimensions, pooling);
        engine.submit(embedding);
        embeddings.add(embedding);
      }
      List<float[]> vectors = new ArrayList<>(texts.size());
      for (Embedding embedding : embeddings) {
        vectors.add(embedding.await());
      }
      complete = true;
      return vectors;
    } catch (CompletionException e) {
      throw new Unavailable("The text was not embedded: " + e.getCause(), e);
    } finally {
      if (!complete) {
        embeddings.forEach(Sequence::cancel);
      }
    }
  }

  @Override
  public void close() {
    // The engine belongs to the chat model.
  }
}
