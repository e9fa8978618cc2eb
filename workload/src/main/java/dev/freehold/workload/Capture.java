package dev.freehold.workload;

import dev.freehold.chat.Busy;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Unavailable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Takes exchanges off the way of their requests: an exchange is spooled before its client reads
/// the end of its answer, and written to the repository in batches by a thread of its own.
///
/// Bounded: where the repository does not keep up, new requests are refused before they begin
/// ([#admit]) instead of being answered without a record. Safe for use by many threads at once.
public final class Capture implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.freehold.workload");
  private static final int BATCH = 500;
  private static final int MOST = 20_000;
  private static final long MOST_BYTES = 64L << 20;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Exchanges exchanges;
  private final Spool spool;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Condition written = lock.newCondition();
  private final List<Exchange> pending = new ArrayList<>();
  private final Thread writer;
  private long pendingBytes;
  private long kept;
  private long stored;
  private boolean stopping;
  private @Nullable FreeholdException fault;

  private Capture(Exchanges exchanges, Spool spool) {
    this.exchanges = exchanges;
    this.spool = spool;
    this.writer = Thread.ofPlatform().daemon().name("capture").unstarted(this::run);
  }

  /// Opens a spool and stores what an earlier process left in it.
  ///
  /// @param folder the spool's own; one process at a time
  /// @param exchanges where they go
  public static Capture open(Path folder, Exchanges exchanges) {
    var spool = new Spool(folder);
    for (Spool.Left left : spool.left()) {
      exchanges.append(left.exchanges());
      spool.done(List.of(left.segment()));
    }
    var capture = new Capture(exchanges, spool);
    capture.writer.start();
    return capture;
  }

  /// Lets a request begin whose exchange will be kept.
  ///
  /// @throws Busy where too much waits to be stored already
  public void admit() {
    lock.lock();
    try {
      if (pending.size() >= MOST || pendingBytes >= MOST_BYTES) {
        throw new Busy(
            "This workload is recorded, and the record cannot be written now%s. Nothing is answered without it."
                .formatted(fault == null ? "" : ": " + fault.getMessage()),
            Duration.ofSeconds(5));
      }
    } finally {
      lock.unlock();
    }
  }

  /// Keeps an exchange; once this returns, the end of the process does not lose it.
  ///
  /// @throws Unavailable where it cannot be kept
  public void keep(Exchange exchange) {
    lock.lock();
    try {
      if (stopping) {
        throw new Unavailable("Freehold is stopping.");
      }
      pendingBytes += spool.write(exchange);
      pending.add(exchange);
      kept++;
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until all that was kept before is in the repository.
  ///
  /// @throws Unavailable where the repository does not take it
  public void flush() {
    lock.lock();
    try {
      long target = kept;
      while (stored < target) {
        FreeholdException why = fault;
        if (why != null) {
          throw new Unavailable(why.getMessage(), why);
        }
        if (!writer.isAlive()) {
          throw new Unavailable("Freehold is stopping.");
        }
        written.await(100, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("Waiting for the record was interrupted.", e);
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        List<Exchange> batch;
        List<Path> segments;
        long bytes;
        lock.lock();
        try {
          while (pending.isEmpty() && !stopping) {
            arrived.await();
          }
          if (pending.isEmpty()) {
            return;
          }
          batch = List.copyOf(pending);
          bytes = pendingBytes;
          segments = spool.cut();
        } finally {
          lock.unlock();
        }
        store(batch, bytes, segments);
      }
    } catch (InterruptedException e) {
      return; // What was not stored lies in the spool.
    }
  }

  private void store(List<Exchange> batch, long bytes, List<Path> segments)
      throws InterruptedException {
    while (true) {
      try {
        for (int at = 0; at < batch.size(); at += BATCH) {
          exchanges.append(batch.subList(at, Math.min(batch.size(), at + BATCH)));
        }
        spool.done(segments);
        break;
      } catch (FreeholdException e) {
        LOG.log(System.Logger.Level.WARNING, () -> "Exchanges wait: " + e.getMessage());
        lock.lock();
        try {
          fault = e;
          written.signalAll();
          if (stopping) {
            throw new InterruptedException();
          }
        } finally {
          lock.unlock();
        }
        Thread.sleep(PAUSE);
      }
    }
    lock.lock();
    try {
      fault = null;
      pending.subList(0, batch.size()).clear();
      pendingBytes -= bytes;
      stored += batch.size();
      written.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Stores what waits, and stops. What the repository does not take stays in the spool.
  @Override
  public void close() {
    lock.lock();
    try {
      stopping = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      writer.join(Duration.ofSeconds(10));
      writer.interrupt();
      lock.lock();
      try {
        spool.cut();
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
