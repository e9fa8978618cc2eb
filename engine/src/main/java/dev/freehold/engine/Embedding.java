package dev.freehold.engine;

import dev.freehold.chat.Unavailable;
import dev.freehold.model.Batch;
import dev.freehold.model.Logits;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A text on its way to its vector.
final class Embedding extends Sequence {

  /// How the hidden states of a text's tokens become one vector.
  enum Pooling {
    MEAN,
    FIRST,
    LAST
  }

  private final Pooling pooling;
  private final float[] sum;
  private int seen;
  private final CompletableFuture<float[]> vector = new CompletableFuture<>();

  Embedding(int[] tokens, int dimensions, Pooling pooling) {
    super(tokens, List.of());
    this.pooling = pooling;
    this.sum = new float[dimensions];
  }

  /// The vector, of unit length, once the model has read the text.
  float[] await() {
    return vector.join();
  }

  @Override
  boolean answering() {
    return false;
  }

  @Override
  Batch.Outputs outputs(int count) {
    return Batch.Outputs.HIDDEN;
  }

  @Override
  boolean accept(Logits logits, int entry) {
    for (int i = 0; i < logits.count(entry); i++) {
      float[] hidden = logits.row(entry, i);
      switch (pooling) {
        case MEAN -> add(hidden);
        case FIRST -> {
          if (seen == 0) {
            add(hidden);
          }
        }
        case LAST -> System.arraycopy(hidden, 0, sum, 0, sum.length);
      }
      seen++;
    }
    if (ahead() > 0) {
      return false;
    }
    double square = 0;
    for (float value : sum) {
      square += (double) value * value;
    }
    double length = Math.sqrt(square);
    float[] unit = new float[sum.length];
    for (int i = 0; i < unit.length && length > 0; i++) {
      unit[i] = (float) (sum[i] / length);
    }
    vector.complete(unit);
    return true;
  }

  private void add(float[] hidden) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += hidden[i];
    }
  }

  @Override
  void fail(Unavailable failure) {
    vector.completeExceptionally(failure);
  }
}
