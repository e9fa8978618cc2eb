package dev.freehold.training;

import dev.freehold.model.gguf.GgufTensor;
import dev.freehold.model.gguf.ModelFile;
import dev.freehold.tensor.FloatRows;
import dev.freehold.tensor.Matrix;
import dev.freehold.tensor.TensorType;
import dev.freehold.training.Arena.Kept;
import dev.freehold.training.Arena.LayerShape;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;

/// Works out what a training takes from the shapes in a file's header.
final class Estimator {

  // Products of a step are read from memory where the measured ones find all in the caches.
  private static final double SHARE_OF_SPEED = 0.85;

  // How often what layers write, and the logits, are gone through outside of products.
  private static final double TIMES_GONE_THROUGH = 10;

  // Products come up to speed when what is round them is compiled, which takes this machine so
  // long.
  private static final long PRODUCTS_NANOS = 800_000_000;

  private static final long NUMBERS_NANOS = 100_000_000;

  // What runs in the interpreter says nothing, however long it takes.
  private static final int FEWEST_ROUNDS = 12;

  /// What this machine does.
  ///
  /// @param operations of products a second
  /// @param numbers a second that something simple is done to
  record Speed(double operations, double numbers) {}

  // Garbage of a step, threads' arrays, what the rest of the program needs.
  private static final long MARGIN = 96L << 20;

  private final ModelFile file;
  private final TrainingSettings settings;
  private final Curriculum curriculum;
  private final LayerShape shape;
  private final int layers;
  private final int vocabulary;

  Estimator(ModelFile file, TrainingSettings settings, Curriculum curriculum) {
    this.file = file;
    this.settings = settings;
    this.curriculum = curriculum;
    String architecture = file.metadata().string("general.architecture");
    layers = file.metadata().integer(architecture + ".block_count");
    vocabulary = size("token_embd.weight", 1);
    shape =
        new LayerShape(
            size("token_embd.weight", 0),
            file.metadata().integer(architecture + ".attention.head_count"),
            size("blk.0.attn_q.weight", 1),
            size("blk.0.attn_k.weight", 1),
            size("blk.0.attn_v.weight", 1),
            size("blk.0.attn_output.weight", 0),
            size("blk.0.ffn_up.weight", 1),
            size("blk.0.attn_q_norm.weight", 0) > 0,
            size("blk.0.post_attention_norm.weight", 0) > 0);
  }

  private int size(String tensor, int dimension) {
    return file.tensor(tensor)
        .filter(found -> found.shape().size() > dimension)
        .map(found -> Math.toIntExact(found.shape().get(dimension)))
        .orElse(0);
  }

  /// @param available bytes of heap for all of it
  Estimate estimate(long available, Speed speed) {
    int rows = curriculum.largestPass();
    long base = base();
    long adapter = adapterBytes();
    long fixed = fixedBytes(rows);
    long each = Kept.bytes(shape, rows);
    long budget =
        Math.min(settings.machine().activations(), available - MARGIN - base - adapter - fixed);
    int kept = Math.clamp(budget / Math.max(1, each), 0, layers);
    long passes = fixed + (kept == layers ? layers : kept + 1) * each;
    double operations = operations(kept);
    int epochs = settings.course().epochs();
    double written =
        (double) curriculum.tokens() * each / rows * layers / Float.BYTES
            + (double) curriculum.learnt() * vocabulary;
    double seconds =
        operations / speed.operations() + TIMES_GONE_THROUGH * epochs * written / speed.numbers();
    return new Estimate(
        curriculum.steps(),
        curriculum.tokens() * epochs,
        curriculum.learnt() * epochs,
        trainable(),
        base,
        adapter,
        passes,
        kept,
        layers,
        available,
        operations,
        operations / seconds,
        Duration.ofMillis((long) (1000 * seconds)),
        base + adapter + passes + MARGIN <= available
            ? ""
            : remedy(base + adapter, base + adapter + passes + MARGIN, available));
  }

  private String remedy(long fixed, long needed, long available) {
    String heap =
        "It needs about %d MB and the Java heap has %d MB for it; a heap of %d MB (-Xmx) would do."
            .formatted(
                needed >> 20,
                available >> 20,
                ((Runtime.getRuntime().maxMemory() - available + needed) >> 20) + 1);
    for (int rows = curriculum.largestPass() / 2; rows >= curriculum.longest(); rows /= 2) {
      long fewer = fixed + fixedBytes(rows) + Kept.bytes(shape, rows) + MARGIN;
      if (fewer <= available) {
        return heap
            + " Or set tokens_per_pass to %d, which takes %d MB.".formatted(rows, fewer >> 20);
      }
    }
    return heap + " Or take shorter examples, a lower rank, fewer targets or a smaller base.";
  }

  private long base() {
    return file.tensors().values().stream()
        .mapToLong(tensor -> Matrix.memory(tensor.type(), tensor.weights()))
        .sum();
  }

  /// What is there whatever is kept: the arena, hidden states between layers, logits, and what
  /// pairs make of their inputs and of their outputs' gradients.
  private long fixedBytes(int rows) {
    long pairs = (long) layers * settings.shape().targets().size();
    return 2 * pairs * rows * settings.shape().rank() * Float.BYTES
        + Arena.bytes(shape, rows, settings.shape().rank())
        + (layers + 1L) * rows * shape.width() * Float.BYTES
        + Predictions.bytes(shape.width(), vocabulary);
  }

  private long trainable() {
    long numbers = 0;
    for (Target target : settings.shape().targets()) {
      for (int layer = 0; layer < layers; layer++) {
        String name = target.tensorName(layer);
        numbers += (long) settings.shape().rank() * (size(name, 0) + size(name, 1));
      }
    }
    return numbers;
  }

  /// Values, gradient, two means, the best so far, and what products need of them laid out anew.
  private long adapterBytes() {
    double padding = (double) Arena.padded(settings.shape().rank()) / settings.shape().rank();
    return (long) (trainable() * Float.BYTES * (5 + padding));
  }

  private double operations(int kept) {
    double weights = 0;
    for (GgufTensor tensor : file.tensors().values()) {
      if (tensor.name().startsWith("blk.") && tensor.shape().size() > 1) {
        weights += tensor.weights() * shareUsed(tensor);
      }
    }
    double again = layers == 0 ? 0 : 0.8 * (layers - kept) / layers;
    double linear = 2 * weights * ((2 + again) * curriculum.tokens() + curriculum.kept());
    double pairs = 2.0 * trainable() * (3 + again) * curriculum.tokens();
    double head = 4.0 * shape.width() * vocabulary * curriculum.learnt();
    double attention =
        (double) layers
            * (shape.queryWidth() + shape.attendedWidth())
            * (3.5 + again)
            * curriculum.squares();
    return settings.course().epochs() * (linear + pairs + head + attention);
  }

  private double shareUsed(GgufTensor tensor) {
    String architecture = file.metadata().string("general.architecture");
    int experts = file.metadata().integer(architecture + ".expert_count", 0);
    boolean one =
        experts > 0 && tensor.name().matches(".*ffn_(gate|up|down)(_exps|\\.\\d+)\\.weight");
    return one
        ? (double) file.metadata().integer(architecture + ".expert_used_count", experts) / experts
        : 1;
  }

  /// Measures this machine for most of a second.
  static Speed measureSpeed(TrainingSettings.Machine machine) {
    int size = 512;
    int rows = Machinery.ROWS * 4 * machine.threads();
    try (Machinery machinery = new Machinery(machine.threads(), machine.precision())) {
      byte[] blocks = new byte[(int) TensorType.Q4_0.bytes(size) * size];
      MemorySegment segment = MemorySegment.ofArray(blocks);
      Matrix matrix = Matrix.of(TensorType.Q4_0, size, size, segment, machinery.workers);
      float[] x = new float[rows * size];
      float[] y = new float[rows * size];
      Arrays.fill(x, 0.5f);
      FloatRows inputs = FloatRows.of(x, size);
      double products =
          best(
              PRODUCTS_NANOS,
              4.0 * rows * size * size,
              () -> {
                machinery.multiply(inputs, rows, new Matrix.Product(matrix, y, 0, size));
                machinery.addTransposed(matrix, FloatRows.of(y, size), rows, inputs);
              });
      double numbers =
          best(
              NUMBERS_NANOS,
              x.length,
              () -> machinery.each(x.length, size, (from, to, worker) -> halve(x, from, to)));
      return new Speed(products * SHARE_OF_SPEED, numbers);
    }
  }

  private static void halve(float[] numbers, int from, int to) {
    for (int i = from; i < to; i++) {
      numbers[i] = 0.5f * numbers[i] + 0.5f;
    }
  }

  private static double best(long nanos, double done, Runnable work) {
    double best = 0;
    long begun = System.nanoTime();
    long start = begun;
    for (int round = 0; round < FEWEST_ROUNDS || start - begun < nanos; round++) {
      work.run();
      best = Math.max(best, done / (System.nanoTime() - start) * 1e9);
      start = System.nanoTime();
    }
    return best;
  }

  /// What the heap has left, garbage taken away where that matters.
  static long available(long wanted) {
    Runtime runtime = Runtime.getRuntime();
    long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    if (free < wanted) {
      System.gc(); // what looks used may be garbage
      free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }
    return free;
  }
}
