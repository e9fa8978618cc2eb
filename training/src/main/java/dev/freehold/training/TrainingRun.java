package dev.freehold.training;

import dev.freehold.model.gguf.ModelFile;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/// One training of one adapter: opened, estimated, run to its end or cancelled, and opened again
/// where it was left.
///
/// Every result is the same bit for bit whether the run was interrupted or not, and whatever the
/// number of threads: no sum depends on who was faster. One thread runs it; [#cancel()] and
/// [#step()] may be called by any.
public final class TrainingRun implements AutoCloseable {

  private final AtomicBoolean cancelled = new AtomicBoolean();

  private TrainingRun() {}

  /// What a training would take, with this machine's speed measured for some tenths of a second.
  /// Nothing is loaded.
  ///
  /// @throws dev.freehold.chat.Unsupported where the architecture cannot be trained
  /// @throws dev.freehold.chat.InvalidRequest where examples and settings do not fit together
  public static Estimate estimate(ModelFile base, Lessons lessons, TrainingSettings settings) {
    return Objects.requireNonNull(null, "the passes are not written yet");
  }

  /// Loads the base and prepares a training, from its beginning or from the checkpoint that lies in
  /// `folder`.
  ///
  /// @param base may be closed afterwards
  /// @param folder where checkpoints are kept, of this training alone; made if need be
  /// @throws dev.freehold.chat.Unsupported where the architecture cannot be trained
  /// @throws dev.freehold.chat.InvalidRequest where examples and settings do not fit together
  /// @throws dev.freehold.chat.Unavailable where it does not fit in memory, saying what would
  /// @throws dev.freehold.chat.Conflict where the checkpoint is of another base, other lessons or
  ///   other settings
  /// @throws dev.freehold.chat.MalformedFile where the checkpoint is broken
  public static TrainingRun open(
      ModelFile base, Lessons lessons, TrainingSettings settings, Path folder) {
    return Objects.requireNonNull(null, "the passes are not written yet");
  }

  /// What it takes, as it was known at the beginning.
  public Estimate estimate() {
    return Objects.requireNonNull(null, "the passes are not written yet");
  }

  /// Steps done.
  public int step() {
    return 0;
  }

  /// Trains to the end, or until cancelled; writes a checkpoint then as well.
  ///
  /// @throws dev.freehold.chat.Unavailable where a checkpoint could not be written
  public TrainingResult run(TrainingListener listener) {
    return Objects.requireNonNull(null, "the passes are not written yet");
  }

  /// Makes [#run] return after the step in hand.
  public void cancel() {
    cancelled.set(true);
  }

  /// Ends the threads and releases memory. Not while [#run] runs.
  @Override
  public void close() {}
}
