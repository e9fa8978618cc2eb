package dev.freehold.chat;

import java.time.Duration;

/// Too many requests wait already; the same one may succeed shortly.
public final class Busy extends FreeholdException {

  private final Duration retryAfter;

  /// @param message what is full
  /// @param retryAfter when to try again
  public Busy(String message, Duration retryAfter) {
    super(message, null);
    this.retryAfter = retryAfter;
  }

  /// When to try again.
  public Duration retryAfter() {
    return retryAfter;
  }
}
