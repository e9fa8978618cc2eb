package dev.freehold.tensor;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A fixed team of platform threads for arithmetic: the calling thread and `threads − 1` others.
///
/// A matrix product of a small model takes some ten microseconds, less than waking a thread. So a
/// worker that ran out of work spins for a while before it parks, and a caller waits spinning for
/// the parts in hand; a worker that is still asleep is never waited for. One thread at a time may
/// call [#run]; results never depend on which thread takes which part.
public final class Workers implements AutoCloseable {

  /// Work that is cut into numbered parts.
  @FunctionalInterface
  public interface Task {
    /// Does part `part`; `worker` is below [Workers#threads()] and says whose scratch to use.
    void run(int part, int worker);
  }

  /// Is told of each product before it is computed: what goes through a model can be measured so.
  @FunctionalInterface
  public interface Watcher {
    /// `matrix` is about to be multiplied with `tokens` rows of `x`, `[…, columns]`, from row
    /// `first` on.
    void multiplies(Matrix matrix, float[] x, int first, int tokens);
  }

  private static final class Job {
    final Task task;
    final int parts;
    final AtomicInteger next = new AtomicInteger();
    final AtomicInteger done = new AtomicInteger();
    volatile @Nullable Throwable failure;

    Job(Task task, int parts) {
      this.task = task;
      this.parts = parts;
    }

    void help(int worker) {
      int part;
      while ((part = next.getAndIncrement()) < parts) {
        try {
          task.run(part, worker);
        } catch (RuntimeException | Error e) {
          failure = e;
        }
        done.incrementAndGet();
      }
    }
  }

  // About 50 microseconds: longer than the gaps between two products of one pass.
  private static final int SPINS_BEFORE_PARKING = 2_000;
  private static final int SPINS_BEFORE_YIELDING = 20_000;

  private final Worker[] workers;
  private final Scratch[] scratch;
  private volatile @Nullable Job job;
  private volatile @Nullable Watcher watcher;
  private volatile boolean closed;

  /// @param threads how many threads compute together, the caller included; at least 1
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("at least one thread computes, not " + threads);
    }
    scratch = new Scratch[threads + 1];
    Arrays.setAll(scratch, i -> new Scratch());
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  /// Lets `watcher` see each product from now on; at most one does.
  public void watch(Watcher seer) {
    watcher = seer;
  }

  @Nullable Watcher watcher() {
    return watcher;
  }

  /// How many threads compute together, the caller included.
  public int threads() {
    return workers.length + 1;
  }

  /// Arrays for thread `worker` alone, while a part runs.
  Scratch scratch(int worker) {
    return scratch[worker];
  }

  /// Arrays that all parts of the product being computed read.
  Scratch shared() {
    return scratch[workers.length + 1];
  }

  /// Runs parts `0` to `parts − 1`, each once, and returns when all are done. What a part throws is
  /// thrown here after the others ended.
  // Yielding is for a machine with fewer free cores than threads; nothing relies on it.
  @SuppressWarnings("ThreadPriorityCheck")
  public void run(int parts, Task task) {
    if (workers.length == 0 || parts <= 1) {
      for (int part = 0; part < parts; part++) {
        task.run(part, 0);
      }
      return;
    }
    Job current = new Job(task, parts);
    job = current;
    for (Worker worker : workers) {
      if (worker.parked) {
        LockSupport.unpark(worker);
      }
    }
    current.help(0);
    for (int spins = 0; current.done.get() < parts; spins++) {
      if (spins < SPINS_BEFORE_YIELDING) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    Throwable failure = current.failure;
    if (failure != null) {
      throw new IllegalStateException("a part of the work failed", failure);
    }
  }

  /// Ends the threads. Nothing may run any more.
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  /// How many cores this machine has, counting a core that runs two threads once.
  public static int physicalCores() {
    return Processor.physicalCores();
  }

  private final class Worker extends Thread {
    private final int index;
    private volatile boolean parked;

    Worker(int index) {
      super("freehold-worker-" + index);
      this.index = index;
      setDaemon(true);
    }

    @Override
    public void run() {
      Job last = null;
      while (!closed) {
        Job current = awaitOther(last);
        if (current != null) {
          current.help(index);
          last = current;
        }
      }
    }

    private @Nullable Job awaitOther(@Nullable Job last) {
      for (int spins = 0; spins < SPINS_BEFORE_PARKING; spins++) {
        Job current = job;
        if (current != last) {
          return current;
        }
        Thread.onSpinWait();
      }
      parked = true;
      while (job == last && !closed) {
        LockSupport.park(Workers.this);
      }
      parked = false;
      return job;
    }
  }
}
