package dev.freehold.engine;

import dev.freehold.chat.Unavailable;
import dev.freehold.model.Batch;
import dev.freehold.model.Logits;
import dev.freehold.model.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A text on its way to its vector.
final class Embedding extends Sequence {

  /// Texts in the engine at once, so that a long list does not fill its inbox.
  private static final int TOGETHER = 8;

  private final Pooling pooling;
  private final double[] sum;
  private int seen;
  private final CompletableFuture<float[]> vector = new CompletableFuture<>();

  /// @param dimensions numbers of a hidden state
  Embedding(int[] tokens, int dimensions, Pooling pooling) {
    super(tokens, List.of());
    this.pooling = pooling;
    this.sum = new double[dimensions];
  }

  /// The vectors of texts, in their order.
  ///
  /// @param dimensions numbers of a hidden state
  /// @throws dev.freehold.chat.Busy where too many wait
  /// @throws Unavailable where the engine ends before they are read
  static List<float[]> all(Engine engine, List<int[]> texts, int dimensions, Pooling pooling) {
    List<float[]> vectors = new ArrayList<>(texts.size());
    for (int from = 0; from < texts.size(); from += TOGETHER) {
      List<int[]> some = texts.subList(from, Math.min(texts.size(), from + TOGETHER));
      vectors.addAll(together(engine, some, dimensions, pooling));
    }
    return vectors;
  }

  private static List<float[]> together(
      Engine engine, List<int[]> texts, int dimensions, Pooling pooling) {
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
      throw new Unavailable("The text was not read: " + e.getCause(), e);
    } finally {
      if (!complete) {
        embeddings.forEach(Sequence::cancel);
      }
    }
  }

  /// The vector, as the model gives it, once it has read the text.
  float[] await() {
    return vector.join();
  }

  @Override
  boolean answering() {
    return false;
  }

  @Override
  Batch.Outputs outputs(int count) {
    boolean needless = pooling == Pooling.LAST && count < ahead();
    return needless ? Batch.Outputs.NONE : Batch.Outputs.HIDDEN;
  }

  @Override
  boolean accept(Logits logits, int entry) {
    int rows = logits.count(entry);
    int first = length() - ahead() - rows;
    for (int i = 0; i < rows; i++) {
      // A text that gave its memory back is read again; what was counted is not counted twice.
      if (first + i >= seen) {
        take(logits.row(entry, i), first + i);
      }
    }
    seen = Math.max(seen, first + rows);
    if (ahead() > 0) {
      return false;
    }
    float[] pooled = new float[sum.length];
    int parts = pooling == Pooling.MEAN ? length() : 1;
    for (int i = 0; i < pooled.length; i++) {
      pooled[i] = (float) (sum[i] / parts);
    }
    vector.complete(pooled);
    return true;
  }

  private void take(float[] hidden, int position) {
    boolean counts =
        switch (pooling) {
          case MEAN -> true;
          case FIRST -> position == 0;
          case LAST -> position == length() - 1;
        };
    for (int i = 0; i < sum.length && counts; i++) {
      sum[i] += hidden[i];
    }
  }

  @Override
  void fail(Unavailable failure) {
    vector.completeExceptionally(failure);
  }
}
