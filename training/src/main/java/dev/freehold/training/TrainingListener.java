package dev.freehold.training;

/// Hears how training goes, on the thread that trains: it should be quick.
@FunctionalInterface
public interface TrainingListener {

  /// A step was made.
  void stepped(StepReport report);
}
