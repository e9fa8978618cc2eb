package dev.freehold.training;

import java.time.Duration;

/// How fast training goes, and how long ago it was last saved.
final class Pace {

  // Over about how many seconds the speed is averaged.
  private static final double WINDOW = 20;

  private long last = System.nanoTime();
  private long saved = System.nanoTime();
  private double seconds;
  private double tokens;

  void begin() {
    last = System.nanoTime();
    saved = last;
  }

  /// Counts tokens that went forward and back since the last time.
  void count(int count) {
    long now = System.nanoTime();
    double passed = (now - last) / 1e9;
    last = now;
    double kept = Math.exp(-passed / WINDOW);
    seconds = seconds * kept + passed;
    tokens = tokens * kept + count;
  }

  double tokensPerSecond() {
    return seconds == 0 ? 0 : tokens / seconds;
  }

  Duration timeFor(long rest) {
    double speed = tokensPerSecond();
    return speed == 0 ? Duration.ZERO : Duration.ofMillis((long) (1000 * rest / speed));
  }

  void saved() {
    saved = System.nanoTime();
  }

  Duration sinceSaved() {
    return Duration.ofNanos(System.nanoTime() - saved);
  }
}
