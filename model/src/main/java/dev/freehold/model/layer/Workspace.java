package dev.freehold.model.layer;

import dev.freehold.model.layer.Weights.Projection;
import dev.freehold.tensor.Kernels;
import dev.freehold.tensor.Matrix;
import dev.freehold.tensor.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// What a pass computes with: threads, kernels and the arrays between two layers. The arrays grow
/// to the largest pass seen and are used again by the next; they belong to the thread that steps.
public final class Workspace {

  final Workers workers;
  final Kernels kernels;

  /// Normalised hidden states, `[rows, embeddingLength]`.
  final Buffer normed = new Buffer();

  /// What a block adds to the hidden states, `[rows, embeddingLength]`.
  final Buffer added = new Buffer();

  /// Queries, `[rows, heads, headSize]`.
  final Buffer queries = new Buffer();

  /// Keys, `[rows, kvHeads, headSize]`.
  final Buffer keys = new Buffer();

  /// Values, `[rows, kvHeads, valueSize]`.
  final Buffer values = new Buffer();

  /// Results of attention, `[rows, heads, valueSize]`.
  final Buffer attended = new Buffer();

  /// Gate of the feed-forward network, `[rows, feedForwardLength]`.
  final Buffer gate = new Buffer();

  /// Upward projection of the feed-forward network, `[rows, feedForwardLength]`.
  final Buffer up = new Buffer();

  /// What routers say of experts, `[rows, experts]`.
  final Buffer scores = new Buffer();

  /// Rows that one expert takes, `[rows, embeddingLength]`.
  final Buffer gathered = new Buffer();

  /// What one expert makes of them, `[rows, embeddingLength]`.
  final Buffer results = new Buffer();

  /// Rows of inputs that have the same adapters, `[rows, in]`.
  final Buffer adapterInputs = new Buffer();

  /// What an adapter adds to them, `[rows, out]`.
  final Buffer adapterOutputs = new Buffer();

  private final List<Buffer> adapterInner = new ArrayList<>();
  private List<Adapted> adapted = List.of();

  /// Inputs of a convolution, those of its window first, `[window + rows, channels]`.
  final Buffer convolved = new Buffer();

  /// What a router looks at, where experts read something else, `[rows, embeddingLength]`.
  final Buffer routed = new Buffer();

  /// What experts beside a network add, `[rows, embeddingLength]`.
  final Buffer beside = new Buffer();

  /// Embeddings of the rows for each layer, `[rows, layers, size]`.
  final Buffer perLayer = new Buffer();

  private final Buffer hidden = new Buffer();
  private final Buffer[] scratch;

  /// @param workers threads that compute
  /// @param kernels operations
  public Workspace(Workers workers, Kernels kernels) {
    this.workers = workers;
    this.kernels = kernels;
    scratch = new Buffer[workers.threads()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Buffer();
    }
  }

  /// An array of at least `size` numbers for the hidden states of a pass.
  public float[] hidden(int size) {
    return hidden.of(size);
  }

  /// The threads.
  public Workers workers() {
    return workers;
  }

  /// The kernels.
  public Kernels kernels() {
    return kernels;
  }

  /// Says which rows of what follows have adapters.
  ///
  /// @param groups each row in one at most; empty where none has
  public void adapt(List<Adapted> groups) {
    adapted = groups;
  }

  /// Computes projections of the same inputs, `[rows, columns]`, with what adapters add to them.
  public void multiply(float[] x, int rows, Projection... projections) {
    Matrix.Product[] products = new Matrix.Product[projections.length];
    for (int i = 0; i < products.length; i++) {
      products[i] = projections[i].frozen();
    }
    Matrix.multiply(workers, x, rows, products);
    for (Adapted group : adapted) {
      group.add(x, projections, this);
    }
  }

  /// An array of at least `size` numbers for what lies between the factors of pair `index`.
  float[] adapterInner(int index, int size) {
    while (adapterInner.size() <= index) {
      adapterInner.add(new Buffer());
    }
    return adapterInner.get(index).of(size);
  }

  /// An array of at least `size` numbers for thread `worker` alone.
  float[] scratch(int worker, int size) {
    return scratch[worker].of(size);
  }

  /// Runs `row` for each of `rows` rows: here where they are few, on all threads where not.
  void eachRow(int rows, int few, IntConsumer row) {
    int chunk = Math.max(few, Math.ceilDiv(rows, 4 * workers.threads()));
    workers.run(
        Math.ceilDiv(rows, chunk),
        (part, worker) -> {
          for (int i = part * chunk; i < Math.min(rows, (part + 1) * chunk); i++) {
            row.accept(i);
          }
        });
  }

  /// An array that is kept as long as it is large enough.
  static final class Buffer {
    private float @Nullable [] array;

    float[] of(int size) {
      float[] kept = array;
      if (kept == null || kept.length < size) {
        kept = new float[size];
        array = kept;
      }
      return kept;
    }
  }
}
