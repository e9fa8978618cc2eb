package dev.freehold.server.http;

/// A thread that waits for the beginning of an answer, interrupted by its client's leaving as long
/// as it does and no longer: what it does afterwards is done in peace.
final class Waiting {

  private final Thread thread;
  private boolean over;
  private boolean interrupted;

  Waiting(Thread thread) {
    this.thread = thread;
  }

  synchronized void leave() {
    if (!over) {
      interrupted = true;
      thread.interrupt();
    }
  }

  synchronized void end() {
    over = true;
    if (interrupted) {
      Thread.interrupted(); // It has served its purpose.
    }
  }
}
