package dev.freehold.documents;

import dev.freehold.chat.Embedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// An embedder that adds a fixed random vector for each word: fast, deterministic, and near for
/// texts that share words. Stands in where a test is not about the quality of embeddings.
class HashedWords implements Embedder {

  private final String id;
  private final String poison;

  HashedWords() {
    this("hashed-words");
  }

  HashedWords(String id) {
    this(id, "");
  }

  /// An embedder in which a class is missing as soon as a text holds this word.
  HashedWords(String id, String poison) {
    this.id = id;
    this.poison = poison;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public int dimensions() {
    return 64;
  }

  @Override
  public int maxTokens() {
    return 512;
  }

  @Override
  public int countTokens(String text) {
    return (text.length() + 3) / 4;
  }

  @Override
  public List<float[]> embed(Purpose purpose, List<String> texts) {
    List<float[]> vectors = new ArrayList<>();
    for (String text : texts) {
      if (!poison.isEmpty() && text.contains(poison)) {
        throw new NoClassDefFoundError("a class that is not there");
      }
      float[] sum = new float[dimensions()];
      for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)) {
        var random = new Random(word.hashCode() * 31L + id.hashCode());
        for (int i = 0; i < sum.length; i++) {
          sum[i] += (float) random.nextGaussian();
        }
      }
      double square = 0;
      for (float x : sum) {
        square += (double) x * x;
      }
      for (int i = 0; i < sum.length; i++) {
        sum[i] /= (float) Math.sqrt(square);
      }
      vectors.add(sum);
    }
    return vectors;
  }

  @Override
  public void close() {}
}
