package dev.freehold.teaching;

import dev.freehold.chat.InvalidRequest;
import java.util.List;

/// How an adapter is trained, in words that every trainer knows.
///
/// @param rank of the adapter, 1 to 512
/// @param alpha what it adds is scaled by alpha / rank
/// @param targets what is adapted: `all`, `attention`, or projections such as `q_proj`
/// @param learningRate the highest, after the warm-up
/// @param epochs how often every lesson is seen, 1 to 1000
/// @param examplesPerStep lessons of one step
/// @param sequenceLength most tokens of a lesson; a longer one is left out and counted
/// @param seed what is left to chance is decided by this alone
/// @param beta how strongly a model that learns from preferences is held to what it was
public record TrainerSettings(
    int rank,
    double alpha,
    List<String> targets,
    double learningRate,
    int epochs,
    int examplesPerStep,
    int sequenceLength,
    long seed,
    double beta) {

  /// For exchanges, conversations and preferences, which nobody wrote many of.
  public static final TrainerSettings STANDARD =
      new TrainerSettings(16, 32, List.of("all"), 5e-4, 3, 16, 512, 42, 0.1);

  /// For documents, whose lessons are many and short: each is seen once, and a step is of few,
  /// since what is learned is learned step by step; docs/teaching.md says how good that is.
  public static final TrainerSettings OF_DOCUMENTS =
      new TrainerSettings(16, 32, List.of("all"), 1e-3, 1, 2, 512, 42, 0.1);

  /// What is standard for these sources together.
  public static TrainerSettings standard(List<Source> sources) {
    return sources.stream().allMatch(Source.Collection.class::isInstance) ? OF_DOCUMENTS : STANDARD;
  }

  public TrainerSettings {
    targets = List.copyOf(targets);
    require(rank >= 1 && rank <= 512, "rank", "from 1 to 512");
    require(alpha > 0 && alpha <= 65_536, "alpha", "above 0 and at most 65536");
    require(!targets.isEmpty(), "targets", "at least one projection, all or attention");
    require(learningRate > 0 && learningRate <= 1, "learning_rate", "above 0 and at most 1");
    require(epochs >= 1 && epochs <= 1000, "n_epochs", "from 1 to 1000");
    require(examplesPerStep >= 1 && examplesPerStep <= 65_536, "batch_size", "from 1 to 65536");
    require(
        sequenceLength >= 16 && sequenceLength <= 1 << 20, "sequence_length", "from 16 to 1048576");
    require(beta > 0 && beta <= 10, "beta", "above 0 and at most 10");
  }

  private static void require(boolean holds, String field, String allowed) {
    if (!holds) {
      throw new InvalidRequest("%s must be %s.".formatted(field, allowed), field);
    }
  }
}
