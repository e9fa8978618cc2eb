package dev.freehold.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// A stream that counts as cut when nothing comes for a while; a socket read alone never ends.
final class Patience implements AutoCloseable {

  private final InputStream in;
  private final Duration limit;
  private final Thread watch;
  private volatile long last = System.nanoTime();
  private volatile boolean lost;

  Patience(InputStream in, Duration limit) {
    this.in = in;
    this.limit = limit;
    this.watch = Thread.ofVirtual().name("pull-patience").start(this::watch);
  }

  /// Some bytes, or -1 at the end.
  ///
  /// @throws IOException where the connection broke or nothing came for too long
  int read(byte[] buffer) throws IOException {
    last = System.nanoTime();
    try {
      int read = in.read(buffer);
      if (lost) {
        throw silent();
      }
      return read;
    } catch (IOException e) {
      throw lost ? silent() : e;
    }
  }

  private IOException silent() {
    return new IOException("nothing came for %d s".formatted(limit.toSeconds()));
  }

  private void watch() {
    try {
      for (long left = limit.toNanos(); left > 0; left = remaining()) {
        Thread.sleep(Duration.ofNanos(Math.max(left, 1_000_000)));
      }
      lost = true;
      in.close();
    } catch (InterruptedException e) {
      return; // The reader is done.
    } catch (IOException e) {
      return; // The reader sees the same fault at its next read.
    }
  }

  private long remaining() {
    return limit.toNanos() - (System.nanoTime() - last);
  }

  @Override
  public void close() throws IOException {
    watch.interrupt();
    in.close();
  }
}
