package dev.freehold.training;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.tensor.Workers;
import java.time.Duration;
import java.util.Set;

/// How an adapter is trained. The defaults are those of the recipe in `docs/training.md`; what
/// cannot be is refused by name.
///
/// @param shape what the adapter is
/// @param optimisation how its numbers change
/// @param course what is seen, in which order, and when training stops to look
/// @param machine what of the machine is used; but for its precision that changes no result but in
///   its last digits
public record TrainingSettings(
    Shape shape, Optimisation optimisation, Course course, Machine machine) {

  /// What the adapter is.
  ///
  /// @param rank rows of each A and columns of each B, 1 to 512
  /// @param alpha products are scaled by `alpha / rank`
  /// @param targets what is adapted in each layer
  public record Shape(int rank, double alpha, Set<Target> targets) {
    public Shape {
      targets = Set.copyOf(targets);
      require(rank >= 1 && rank <= 512, "rank", rank, "from 1 to 512");
      require(alpha > 0 && alpha <= 65_536, "alpha", alpha, "above 0 and at most 65536");
      require(!targets.isEmpty(), "targets", "none", "at least one");
    }
  }

  /// How the learning rate goes on after the warm-up.
  public enum Schedule {
    /// Falls to 0 along half a cosine (Loshchilov and Hutter, arXiv 1608.03983).
    COSINE,
    /// Falls to 0 in a straight line.
    LINEAR,
    /// Stays.
    CONSTANT
  }

  /// How the adapter's numbers change: AdamW (Loshchilov and Hutter, arXiv 1711.05101) with β 0.9
  /// and 0.999, ε 1e-8.
  ///
  /// @param learningRate the highest, reached after the warm-up
  /// @param schedule how it goes on from there
  /// @param warmup share of all steps in which it rises from 0, 0 to 1
  /// @param weightDecay share of each number that is taken away at a step, times the learning rate
  /// @param clip the gradient's norm is cut to this; 0 leaves it
  public record Optimisation(
      double learningRate, Schedule schedule, double warmup, double weightDecay, double clip) {
    public Optimisation {
      require(
          learningRate > 0 && learningRate <= 1,
          "learning_rate",
          learningRate,
          "above 0 and at most 1");
      require(warmup >= 0 && warmup <= 1, "warmup", warmup, "from 0 to 1");
      require(
          weightDecay >= 0 && weightDecay < 1, "weight_decay", weightDecay, "from 0 to below 1");
      require(clip >= 0 && clip < Double.POSITIVE_INFINITY, "clip", clip, "0 or more");
    }
  }

  /// What is seen, in which order, and when training stops to look.
  ///
  /// @param epochs how often everything is seen, 1 to 1000
  /// @param examplesPerStep examples, or pairs, of one step of the optimiser
  /// @param sequenceLength most tokens of an example; longer ones are refused
  /// @param seed of the adapter's first numbers and of the order of examples
  /// @param heldOutEvery steps between two measurements of what is held out; 0 is four an epoch
  /// @param patience how many measurements in a row may fail to improve before training ends; 0
  ///   never ends it
  /// @param checkpointEvery most time between two checkpoints, up to a minute
  /// @param drift by how many nats a token what is held out and is to stay what it is to the base
  ///   may surprise the adapted model more; the result is scaled down to keep to it, to a half at
  ///   most. 0 scales nothing
  public record Course(
      int epochs,
      int examplesPerStep,
      int sequenceLength,
      long seed,
      int heldOutEvery,
      int patience,
      Duration checkpointEvery,
      double drift) {

    /// The same with nothing scaled down.
    public Course(
        int epochs,
        int examplesPerStep,
        int sequenceLength,
        long seed,
        int heldOutEvery,
        int patience,
        Duration checkpointEvery) {
      this(
          epochs,
          examplesPerStep,
          sequenceLength,
          seed,
          heldOutEvery,
          patience,
          checkpointEvery,
          0);
    }

    public Course {
      require(drift >= 0 && drift <= 10, "drift", drift, "from 0 to 10");
      require(epochs >= 1 && epochs <= 1000, "epochs", epochs, "from 1 to 1000");
      require(
          examplesPerStep >= 1 && examplesPerStep <= 65_536,
          "examples_per_step",
          examplesPerStep,
          "from 1 to 65536");
      require(
          sequenceLength >= 2 && sequenceLength <= 1 << 20,
          "sequence_length",
          sequenceLength,
          "from 2 to 1048576");
      require(heldOutEvery >= 0, "held_out_every", heldOutEvery, "0 or more");
      require(patience >= 0, "patience", patience, "0 or more");
      require(
          !checkpointEvery.isNegative() && checkpointEvery.compareTo(Duration.ofMinutes(1)) <= 0,
          "checkpoint_every",
          checkpointEvery.toSeconds() + " s",
          "from 0 to 60 s");
    }
  }

  /// What of the machine is used.
  ///
  /// @param threads threads that compute
  /// @param tokensPerPass about how many tokens go through the layers together: examples are put
  ///   side by side until the next would be too many
  /// @param activations bytes that may keep layers' numbers from the way forward to the way back;
  ///   those of layers beyond are computed again, which takes up to a third longer
  /// @param precision of matrix products
  public record Machine(int threads, int tokensPerPass, long activations, Precision precision) {
    public Machine {
      require(threads >= 1 && threads <= 1024, "threads", threads, "from 1 to 1024");
      require(
          tokensPerPass >= 1 && tokensPerPass <= 1 << 20,
          "tokens_per_pass",
          tokensPerPass,
          "from 1 to 1048576");
      require(activations >= 0, "activations", activations, "0 or more");
    }
  }

  private static void require(boolean holds, String field, Object value, String allowed) {
    if (!holds) {
      throw new InvalidRequest("%s must be %s, not %s.".formatted(field, allowed, value), field);
    }
  }

  /// The recipe: rank 16 on all seven projections, 2e-4 along a cosine, three epochs of 16 examples
  /// a step.
  public static TrainingSettings standard() {
    return new TrainingSettings(
        new Shape(16, 32, Target.all()),
        new Optimisation(2e-4, Schedule.COSINE, 0.05, 0, 1),
        new Course(3, 16, 1024, 42, 0, 0, Duration.ofSeconds(30), 0.065),
        new Machine(Workers.physicalCores(), 1024, 1L << 30, Precision.fastest()));
  }

  /// The same for another adapter.
  public TrainingSettings with(Shape other) {
    return new TrainingSettings(other, optimisation, course, machine);
  }

  /// The same with another optimisation.
  public TrainingSettings with(Optimisation other) {
    return new TrainingSettings(shape, other, course, machine);
  }

  /// The same with another course.
  public TrainingSettings with(Course other) {
    return new TrainingSettings(shape, optimisation, other, machine);
  }

  /// The same in another precision.
  public TrainingSettings with(Precision other) {
    return with(new Machine(machine.threads, machine.tokensPerPass, machine.activations, other));
  }

  /// The same with another share of the machine.
  public TrainingSettings with(Machine other) {
    return new TrainingSettings(shape, optimisation, course, other);
  }
}
