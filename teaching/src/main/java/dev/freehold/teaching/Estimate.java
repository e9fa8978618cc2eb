package dev.freehold.teaching;

import java.time.Duration;

/// What a training takes, as far as is known before it starts; 0 where a trainer does not know.
///
/// @param lessons what is learned
/// @param leftOut lessons that are longer than a sequence may be
/// @param tokens tokens that go forward and back, all epochs counted
/// @param steps steps of the optimiser
/// @param memory bytes it takes beside what is in memory already
/// @param time about how long it takes
public record Estimate(
    int lessons, int leftOut, long tokens, int steps, long memory, Duration time) {}
