package dev.freehold.documents.parsing;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unavailable;
import dev.freehold.documents.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleConsumer;

/// The children that read documents, and one warm spare, so that a document that kills its child
/// does not make the next one wait for a start.
///
/// Safe for use by many threads at once; more than the number of children wait for each other.
public final class Parsers implements AutoCloseable {

  private final Sandbox sandbox;
  private final Path scratch;
  private final Duration patience;
  private final Semaphore permits;
  private final ConcurrentLinkedDeque<ParserProcess> idle = new ConcurrentLinkedDeque<>();
  private final Set<ParserProcess> all = ConcurrentHashMap.newKeySet();
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicBoolean warming = new AtomicBoolean();
  private volatile boolean closed;

  /// @param sandbox how children are started
  /// @param scratch a folder for theirs
  /// @param children how many read at the same time
  /// @param patience most time for one document
  public Parsers(Sandbox sandbox, Path scratch, int children, Duration patience) {
    this.sandbox = sandbox;
    this.scratch = scratch;
    this.patience = patience;
    this.permits = new Semaphore(children, true);
  }

  /// Reads a document. One that cannot be read comes back without blocks and with the reason.
  ///
  /// @param file its bytes
  /// @param name its name, from which only the ending is used
  /// @param progress is told 0 to 1
  public Parsed parse(Path file, String name, DoubleConsumer progress) throws InterruptedException {
    permits.acquire();
    try {
      try {
        return once(take(), file, name, progress);
      } catch (ParserProcess.Died e) {
        if (!e.unexplained() || closed) {
          return failed(e);
        }
      }
      // A child that somebody else killed says nothing about the document; a second one does. It is
      // started anew: whoever killed the first may have killed the spare one as well.
      try {
        return once(start(), file, name, progress);
      } catch (ParserProcess.Died e) {
        return failed(e);
      }
    } finally {
      permits.release();
    }
  }

  private Parsed once(ParserProcess child, Path file, String name, DoubleConsumer progress)
      throws ParserProcess.Died {
    warm();
    boolean sound = false;
    try {
      Parsed parsed = child.parse(file, name, patience, progress);
      sound = true;
      return parsed;
    } catch (MalformedFile e) {
      return failed("The document could not be read: %s".formatted(e.getMessage()));
    } finally {
      if (sound && !closed) {
        idle.push(child);
      } else {
        discard(child);
      }
    }
  }

  private Parsed failed(ParserProcess.Died e) throws InterruptedException {
    if (closed) {
      throw new InterruptedException("closed");
    }
    return failed("The document could not be read: %s.".formatted(e.getMessage()));
  }

  private static Parsed failed(String what) {
    return new Parsed("", 0, List.of(), List.of(new Problem("", what)));
  }

  private ParserProcess take() {
    for (ParserProcess child = idle.poll(); child != null; child = idle.poll()) {
      if (child.alive()) {
        return child;
      }
      discard(child);
    }
    return start();
  }

  private ParserProcess start() {
    try {
      ParserProcess child =
          ParserProcess.start(sandbox, scratch.resolve("child-" + started.incrementAndGet()));
      all.add(child);
      if (closed) {
        discard(child);
      }
      return child;
    } catch (IOException e) {
      throw new Unavailable(
          "The process that reads documents cannot be started: %s.".formatted(e.getMessage()), e);
    }
  }

  private void warm() {
    if (idle.isEmpty() && !closed && warming.compareAndSet(false, true)) {
      Thread.startVirtualThread(() -> {
        try {
          idle.addLast(start());
        } finally {
          warming.set(false);
        }
      });
    }
  }

  private void discard(ParserProcess child) {
    all.remove(child);
    child.close();
  }

  /// Ids of the processes that run now.
  public List<Long> pids() {
    return all.stream().map(ParserProcess::pid).toList();
  }

  @Override
  public void close() {
    closed = true;
    for (ParserProcess child : List.copyOf(all)) {
      discard(child);
    }
  }
}
