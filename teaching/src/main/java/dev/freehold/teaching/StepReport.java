package dev.freehold.teaching;

import java.time.Duration;
import java.util.OptionalDouble;

/// How training stands after a step.
///
/// @param step steps done, from 1
/// @param of steps in all
/// @param loss of the step's lessons
/// @param heldOutLoss of what is held out, where this step measured it
/// @param learningRate of the step
/// @param tokensPerSecond lately; 0 where unknown
/// @param left about how long the rest takes
/// @param memory bytes in use; 0 where unknown
/// @param checkpointed whether this step is written to the disk once it was told
public record StepReport(
    int step,
    int of,
    double loss,
    OptionalDouble heldOutLoss,
    double learningRate,
    double tokensPerSecond,
    Duration left,
    long memory,
    boolean checkpointed) {}
