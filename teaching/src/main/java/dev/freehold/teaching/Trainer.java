package dev.freehold.teaching;

import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/// Whoever trains: this process, or a program beside it on another machine's processors.
///
/// Implementations are safe for use by many threads at once.
public interface Trainer {

  /// What a training would take; nothing is loaded. Errors are those of [#open].
  Estimate estimate(String model, Material material, TrainerSettings settings);

  /// Prepares a training, from its beginning or from what lies in its folder; fails before it
  /// begins where it cannot be.
  ///
  /// @param model the base's name in the store
  /// @param folder the training's own; what has to survive a kill lies there
  /// @throws dev.freehold.chat.Unsupported where the base cannot be trained
  /// @throws dev.freehold.chat.Unavailable where it does not fit, saying what would
  /// @throws dev.freehold.chat.InvalidRequest where settings and lessons do not go together
  Training open(String model, Material material, TrainerSettings settings, Path folder);

  /// One training. One thread runs it; any may cancel.
  interface Training extends AutoCloseable {

    /// What it will take.
    Estimate estimate();

    /// Trains to the end or until cancelled; goes on where it was left.
    ///
    /// @param listener hears every step on this thread
    Outcome run(Consumer<StepReport> listener);

    /// Makes [#run] return after the step in hand, with what is needed to go on.
    void cancel();

    @Override
    void close();
  }

  /// What came out.
  ///
  /// @param complete false where it was cancelled: it can go on
  /// @param adapter a GGUF adapter, or a folder of PEFT; there where it is complete
  /// @param step the step it is from
  /// @param heldOutLoss its loss on what was held out, where there is any
  record Outcome(boolean complete, Path adapter, int step, OptionalDouble heldOutLoss) {}
}
