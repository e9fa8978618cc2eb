package dev.freehold.teaching;

import java.time.Instant;

/// Something that happened to a job.
///
/// @param number rises within the job
/// @param at when
/// @param level `info`, `warn` or `error`
/// @param message in words
public record JobEvent(long number, Instant at, String level, String message) {}
