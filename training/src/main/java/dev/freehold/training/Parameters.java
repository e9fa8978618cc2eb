package dev.freehold.training;

import dev.freehold.chat.Unavailable;
import dev.freehold.model.adapter.Adapter;
import dev.freehold.model.layer.Attention;
import dev.freehold.model.layer.FeedForward;
import dev.freehold.model.layer.Weights.Linear;
import dev.freehold.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// All that is trained: the factors of every adapted matrix in one array, and their gradient in
/// another of the same order.
final class Parameters {

  private final int rank;
  private final double alpha;
  private final List<Pair> pairs;
  private double part = 1;

  /// The numbers, `[count]`.
  final float[] values;

  /// Their gradient, `[count]`.
  final float[] gradient;

  /// @param count numbers of all pairs together
  Parameters(int rank, double alpha, List<Pair> pairs, int count) {
    this.rank = rank;
    this.alpha = alpha;
    this.pairs = List.copyOf(pairs);
    values = new float[count];
    gradient = new float[count];
  }

  /// A pair for each targeted matrix of `model`, not yet initialised.
  static Parameters of(FrozenModel model, TrainingSettings.Shape shape) {
    List<Pair> pairs = new ArrayList<>();
    long at = 0;
    for (int layer = 0; layer < model.layers().size(); layer++) {
      for (Target target : Target.values()) {
        Optional<Linear> linear = linear(model.layers().get(layer), target);
        if (shape.targets().contains(target) && linear.isPresent()) {
          Matrix matrix = linear.get().weight();
          int in = matrix.columns();
          int out = matrix.rows();
          long end = at + (long) shape.rank() * (in + out);
          if (end > Integer.MAX_VALUE / 2) {
            throw new Unavailable(
                "An adapter of rank %d for this model is too large. Take a lower rank or fewer targets."
                    .formatted(shape.rank()));
          }
          pairs.add(
              new Pair(target.tensorName(layer), in, out, (int) at, (int) at + shape.rank() * in));
          at = end;
        }
      }
    }
    return new Parameters(shape.rank(), shape.alpha(), pairs, (int) at);
  }

  /// The matrix of `target` in a layer; those of experts stay frozen.
  private static Optional<Linear> linear(FrozenModel.Layer layer, Target target) {
    Attention attention = layer.attention();
    Optional<FeedForward> network =
        layer.network() instanceof FeedForward found ? Optional.of(found) : Optional.empty();
    return switch (target) {
      case QUERY -> Optional.of(attention.query());
      case KEY -> Optional.of(attention.key());
      case VALUE -> Optional.of(attention.value());
      case OUTPUT -> Optional.of(attention.output());
      case GATE -> network.map(FeedForward::gate);
      case UP -> network.map(FeedForward::up);
      case DOWN -> network.map(FeedForward::down);
    };
  }

  /// Names of the targets that `model` has no place for.
  static Set<Target> missing(FrozenModel model, Set<Target> targets) {
    Set<Target> missing = new java.util.TreeSet<>(targets);
    missing.removeIf(
        target -> model.layers().stream().anyMatch(layer -> linear(layer, target).isPresent()));
    return missing;
  }

  /// A is drawn evenly from ±1/√in, as PEFT does; B is zero, so that the adapter begins as nothing.
  void initialize(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Pair pair : pairs) {
      double bound = 1 / Math.sqrt(pair.in());
      for (int i = pair.a(); i < pair.a() + rank * pair.in(); i++) {
        values[i] = (float) (bound * (2 * random.nextDouble() - 1));
      }
    }
  }

  int rank() {
    return rank;
  }

  float scale() {
    return (float) (part * alpha / rank);
  }

  /// From now on only such a part of what the pairs add is added.
  void part(double value) {
    part = value;
  }

  List<Pair> pairs() {
    return pairs;
  }

  Optional<Pair> pair(String name) {
    return pairs.stream().filter(pair -> pair.name().equals(name)).findFirst();
  }

  /// The adapter that `numbers`, in this order, are.
  Adapter adapter(String architecture, float[] numbers) {
    SortedMap<String, Adapter.LowRank> adapted = new TreeMap<>();
    for (Pair pair : pairs) {
      float[] a = java.util.Arrays.copyOfRange(numbers, pair.a(), pair.a() + rank * pair.in());
      float[] b = new float[pair.out() * rank];
      for (int k = 0; k < rank; k++) {
        for (int o = 0; o < pair.out(); o++) {
          b[o * rank + k] = numbers[pair.b() + k * pair.out() + o];
        }
      }
      adapted.put(pair.name(), new Adapter.LowRank(rank, pair.in(), pair.out(), a, b));
    }
    return new Adapter(architecture, (float) (part * alpha), adapted);
  }
}
