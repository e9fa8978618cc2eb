package dev.freehold.engine;

import dev.freehold.chat.Embedder;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.model.Pooling;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/// A model's final hidden states as vectors: pooled as the file says, else their mean, of unit
/// length. Texts begin and end as the file says.
///
/// The purpose changes nothing: what some models want before a question or a passage
/// (`search_query: `, an instruction) stands in no file, and is the caller's to put there.
final class LocalEmbedder implements Embedder {

  private final Engine engine;
  private final Tokenizer tokenizer;
  private final String id;
  private final int dimensions;
  private final int maxTokens;
  private final Pooling pooling;

  LocalEmbedder(
      Engine engine,
      Tokenizer tokenizer,
      String id,
      int dimensions,
      int maxTokens,
      Pooling pooling) {
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
    return tokenizer.withEnds(tokenizer.encode(text));
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
    return Embedding.all(engine, all, dimensions, pooling).stream()
        .map(LocalEmbedder::ofUnitLength)
        .toList();
  }

  private static float[] ofUnitLength(float[] vector) {
    double square = 0;
    for (float value : vector) {
      square += (double) value * value;
    }
    double length = Math.sqrt(square);
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length && length > 0; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }

  @Override
  public void close() {
    // The engine belongs to the chat model.
  }
}
