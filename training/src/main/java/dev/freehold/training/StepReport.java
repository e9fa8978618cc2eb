package dev.freehold.training;

import java.time.Duration;
import java.util.OptionalDouble;

/// How training stands after a step.
///
/// @param step steps done, from 1
/// @param of steps in all
/// @param epoch which time through everything this is, from 1
/// @param loss of the step's examples, before the step changed the adapter
/// @param heldOutLoss of what is held out, where this step measured it
/// @param learningRate of the step
/// @param gradientNorm before it was cut
/// @param tokens tokens that went through the model since the run began or went on, examples' own
///   and not those measured only
/// @param tokensPerSecond over the last steps
/// @param left about how long the rest takes
/// @param memory bytes of the Java heap in use
/// @param checkpointed whether this step is written to the disk once it was told
public record StepReport(
    int step,
    int of,
    int epoch,
    double loss,
    OptionalDouble heldOutLoss,
    double learningRate,
    double gradientNorm,
    long tokens,
    double tokensPerSecond,
    Duration left,
    long memory,
    boolean checkpointed) {}
