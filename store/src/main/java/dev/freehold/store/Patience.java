package dev.freehold.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// A stream that counts as cut when nothing comes for a while; a socket read alone never ends. What
/// the reader does between two reads is not the sender's fault and does not count.
final class Patience implements AutoCloseable {

  private static final long NOT_READING = Long.MIN_VALUE;

  private final InputStream in;
  private final Duration limit;
  private final Thread watch;
  private volatile long since = NOT_READING;
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
    since = System.nanoTime();
    try {
      int read = in.read(buffer);
      if (lost) {
        throw silent();
      }
      return read;
    } catch (IOException e) {
      throw lost ? silent() : e;
    } finally {
      since = NOT_READING;
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
    long begun = since;
    return begun == NOT_READING ? limit.toNanos() : limit.toNanos() - (System.nanoTime() - begun);
  }

  @Override
  public void close() throws IOException {
    watch.interrupt();
    in.close();
  }
}
