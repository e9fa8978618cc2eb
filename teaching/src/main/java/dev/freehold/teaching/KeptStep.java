package dev.freehold.teaching;

import java.time.Instant;
import java.util.Optional;

/// A step of a training as it was kept.
///
/// @param at when it was made; empty where that was not kept
/// @param report how training stood after it
public record KeptStep(Optional<Instant> at, StepReport report) {}
