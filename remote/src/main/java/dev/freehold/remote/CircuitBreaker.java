package dev.freehold.remote;

import dev.freehold.chat.Unavailable;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Stops asking an upstream that fails again and again: after some failures in a row it refuses at
/// once for a while, then lets one request try.
///
/// Safe for use by many threads at once.
final class CircuitBreaker {

  private final String upstream;
  private final int failuresAllowed;
  private final Duration pause;
  private final LongSupplier nanos;
  private int failures;
  private long opened;
  private boolean trying;

  /// @param upstream whose name errors give
  /// @param failuresAllowed failures in a row before it opens
  /// @param pause how long it refuses
  /// @param nanos a clock
  CircuitBreaker(String upstream, int failuresAllowed, Duration pause, LongSupplier nanos) {
    this.upstream = upstream;
    this.failuresAllowed = failuresAllowed;
    this.pause = pause;
    this.nanos = nanos;
  }

  /// Lets a request pass; it must be followed by [#succeeded], [#failed] or [#abandoned].
  ///
  /// @throws Unavailable where the upstream is not asked for now
  synchronized void admit() {
    if (failures < failuresAllowed) {
      return;
    }
    long left = pause.toNanos() - (nanos.getAsLong() - opened);
    if (left > 0 || trying) {
      throw new Unavailable(
          "%s failed %d times in a row and is left alone for %d s."
              .formatted(upstream, failures, Math.max(1, left / 1_000_000_000)));
    }
    trying = true;
  }

  synchronized void succeeded() {
    failures = 0;
    trying = false;
  }

  synchronized void failed() {
    failures++;
    trying = false;
    opened = nanos.getAsLong();
  }

  /// Nothing was learnt: the caller left.
  synchronized void abandoned() {
    trying = false;
  }
}
