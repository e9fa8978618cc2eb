package dev.freehold.remote;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// The body of an answer that counts as cut when nothing comes for a while or it goes on for too
/// long; a socket read alone never ends.
///
/// One thread reads; any may close.
final class WatchedBody extends InputStream {

  private final InputStream in;
  private final long stall;
  private final long total;
  private final long began = System.nanoTime();
  private final Thread watch;
  private volatile long last = began;
  private volatile String cut = "";

  WatchedBody(InputStream in, Duration stall, Duration total) {
    this.in = in;
    this.stall = stall.toNanos();
    this.total = total.toNanos();
    this.watch = Thread.ofVirtual().name("upstream-watch").start(this::watch);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      int read = in.read(buffer, offset, length);
      last = System.nanoTime();
      if (!cut.isEmpty()) {
        throw new IOException(cut);
      }
      return read;
    } catch (IOException e) {
      throw cut.isEmpty() ? e : new IOException(cut, e);
    }
  }

  private void watch() {
    try {
      for (long left = left(); left > 0; left = left()) {
        Thread.sleep(Duration.ofNanos(Math.max(left, 1_000_000)));
      }
      cut =
          System.nanoTime() - began >= total
              ? "it went on for more than %s".formatted(seconds(total))
              : "nothing came for %s".formatted(seconds(stall));
      in.close();
    } catch (InterruptedException e) {
      return; // The reader is done.
    } catch (IOException e) {
      return; // The reader sees the same fault at its next read.
    }
  }

  private static String seconds(long nanos) {
    return nanos >= 1_000_000_000 ? nanos / 1_000_000_000 + " s" : nanos / 1_000_000 + " ms";
  }

  private long left() {
    long now = System.nanoTime();
    return Math.min(stall - (now - last), total - (now - began));
  }

  @Override
  public void close() throws IOException {
    watch.interrupt();
    in.close();
  }
}
