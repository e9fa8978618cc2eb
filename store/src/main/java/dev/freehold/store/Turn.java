package dev.freehold.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// The right to work on one thing, held by one thread of one process at a time.
///
/// The operating system frees it when the process dies, so that no stale lock is ever left. Its
/// file stays: deleting it would let two processes hold locks on two files of one name.
final class Turn implements AutoCloseable {

  // File locks exclude processes only; threads of this process take turns here.
  private static final ConcurrentHashMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private final ReentrantLock thread;
  private final FileChannel channel;

  private Turn(ReentrantLock thread, FileChannel channel) {
    this.thread = thread;
    this.channel = channel;
  }

  /// Waits until it is free.
  ///
  /// @param whenWaiting run once, if somebody else holds it
  static Turn take(Path file, Runnable whenWaiting) throws IOException {
    ReentrantLock thread =
        THREADS.computeIfAbsent(file.toAbsolutePath().normalize(), _ -> new ReentrantLock());
    boolean told = false;
    if (!thread.tryLock()) {
      whenWaiting.run();
      told = true;
      thread.lock();
    }
    FileChannel channel = null;
    boolean taken = false;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        if (!told) {
          whenWaiting.run();
        }
        lock = channel.lock();
      }
      taken = lock.isValid();
      return new Turn(thread, channel);
    } finally {
      if (!taken) {
        if (channel != null) {
          channel.close();
        }
        thread.unlock();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      thread.unlock();
    }
  }
}
