package dev.freehold.training;

import dev.freehold.model.adapter.Adapter;
import java.util.OptionalDouble;

/// What came out of a training.
///
/// @param adapter the adapter: where something is held out that of the lowest loss on it, else the
///   last; its alpha is lower than what was asked for where less of it drifts less
///   ([TrainingSettings.Course#drift()])
/// @param step the step that adapter is from
/// @param steps steps that were made in all
/// @param ending why it ended
/// @param loss of the last step
/// @param heldOutLoss of the adapter, where something is held out
public record TrainingResult(
    Adapter adapter, int step, int steps, Ending ending, double loss, OptionalDouble heldOutLoss) {

  /// Why a training ended.
  public enum Ending {
    /// All epochs were seen.
    DONE,
    /// What is held out no longer got better.
    NO_LONGER_IMPROVED,
    /// Somebody cancelled it; it can go on from its checkpoint.
    CANCELLED
  }
}
