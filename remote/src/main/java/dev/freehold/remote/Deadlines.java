package dev.freehold.remote;

import java.time.Duration;

/// How long an upstream may take before it counts as gone.
///
/// @param connect until it takes a connection
/// @param firstByte until its answer begins
/// @param stall between two events of an answer
/// @param total from the question to the end of the answer
/// @param backoff the first wait before another attempt; doubled each time, a random part of it
/// @param patience the longest wait that `Retry-After` may ask for; beyond it the caller is told
/// @param attempts most attempts before the first byte
public record Deadlines(
    Duration connect,
    Duration firstByte,
    Duration stall,
    Duration total,
    Duration backoff,
    Duration patience,
    int attempts) {

  /// For models that think long.
  public static final Deadlines DEFAULT =
      new Deadlines(
          Duration.ofSeconds(10),
          Duration.ofMinutes(2),
          Duration.ofMinutes(1),
          Duration.ofMinutes(15),
          Duration.ofMillis(250),
          Duration.ofSeconds(10),
          3);

  public Deadlines {
    if (attempts < 1) {
      throw new IllegalArgumentException("At least one attempt must be made.");
    }
  }
}
