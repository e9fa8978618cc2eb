package dev.freehold.training;

/// Hears how training goes, on the thread that trains: it should be quick.
@FunctionalInterface
public interface TrainingListener {

  /// A step was made.
  void stepped(StepReport report);

  /// Some of a step's examples went through the model: a sign of life where steps take long.
  ///
  /// @param step the step in hand, from 1
  /// @param pass passes of it that are done
  /// @param of its passes in all
  default void passed(int step, int pass, int of) {}
}
