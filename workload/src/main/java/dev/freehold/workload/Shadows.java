package dev.freehold.workload;

import java.util.concurrent.Semaphore;

/// Requests that are asked of a candidate in the shadow of an answer, a few at a time: what is too
/// many is left out, never queued.
///
/// Safe for use by many threads at once.
final class Shadows {

  private static final int AT_ONCE = 8;

  private final Semaphore places = new Semaphore(AT_ONCE, true);

  /// Runs it beside the caller; false where too many run.
  boolean run(Runnable work) {
    if (!places.tryAcquire()) {
      return false;
    }
    Thread.ofVirtual()
        .name("shadow")
        .start(() -> {
          try {
            work.run();
          } finally {
            places.release();
          }
        });
    return true;
  }

  /// Waits until none runs.
  void settle() {
    places.acquireUninterruptibly(AT_ONCE);
    places.release(AT_ONCE);
  }
}
