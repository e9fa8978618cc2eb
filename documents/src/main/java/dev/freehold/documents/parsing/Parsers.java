package dev.freehold.documents.parsing;

import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.Unavailable;
import dev.freehold.documents.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// The children that read documents, and one warm spare, so that a document that kills its child
/// does not make the next one wait for a start.
///
/// Safe for use by many threads at once; more than the number of children wait for each other.
public final class Parsers implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Parsers.class.getName());

  private final Sandbox sandbox;
  private final Path scratch;
  private final Duration patience;
  private final Semaphore permits;
  private final ConcurrentLinkedDeque<ParserProcess> idle = new ConcurrentLinkedDeque<>();
  private final Set<ParserProcess> all = ConcurrentHashMap.newKeySet();
  private final AtomicInteger started = new AtomicInteger();
  private final Object warming = new Object();
  // Starts the spare one; guarded by warming.
  private @Nullable Thread warmer;
  private volatile boolean closed;

  /// @param sandbox how children are started
  /// @param scratch a folder for theirs, of one process at a time; what another one left there goes
  /// @param children how many read at the same time
  /// @param patience most time for one document
  public Parsers(Sandbox sandbox, Path scratch, int children, Duration patience) {
    this.sandbox = sandbox;
    this.scratch = Scratch.in(scratch);
    this.patience = patience;
    this.permits = new Semaphore(children, true);
  }

  /// Reads a document. One that cannot be read comes back without blocks and with the reason.
  ///
  /// @param file its bytes
  /// @param name its name, from which only the ending is used
  /// @param progress is told 0 to 1
  /// @throws NoSuchFileException where there is no such file; no child has heard of it then
  /// @throws Unavailable where no child can be started or the file cannot be opened
  public Parsed parse(Path file, String name, DoubleConsumer progress)
      throws InterruptedException, NoSuchFileException {
    permits.acquire();
    try (FileChannel document = FileChannel.open(file)) {
      try {
        return once(take(), document, name, progress);
      } catch (ParserProcess.Died e) {
        if (!e.unexplained() || closed) {
          return failed(e);
        }
      }
      // A child that somebody else killed says nothing about the document; a second one does. It is
      // started anew: whoever killed the first may have killed the spare one as well.
      try {
        document.position(0);
        return once(start(), document, name, progress);
      } catch (ParserProcess.Died e) {
        return failed(e);
      }
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new Unavailable("The document cannot be read: %s.".formatted(e.getMessage()), e);
    } finally {
      permits.release();
    }
  }

  private Parsed once(
      ParserProcess child, FileChannel document, String name, DoubleConsumer progress)
      throws ParserProcess.Died {
    warm();
    boolean sound = false;
    try {
      Parsed parsed = child.parse(document, name, patience, progress);
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
    synchronized (warming) {
      if (idle.isEmpty() && !closed && (warmer == null || !warmer.isAlive())) {
        warmer = Thread.ofVirtual().name("parser-spare").start(this::spare);
      }
    }
  }

  private void spare() {
    try {
      idle.addLast(start());
    } catch (Unavailable e) {
      // Whoever needs one starts it, and tells why it cannot be.
      LOG.log(System.Logger.Level.WARNING, e.getMessage());
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

  /// Ids of those among them that have started wholly and were given a document.
  public List<Long> readers() {
    return all.stream().filter(ParserProcess::ready).map(ParserProcess::pid).toList();
  }

  /// How they are started.
  public Sandbox sandbox() {
    return sandbox;
  }

  /// Ends the children, also one that is just being started. Nothing of theirs stays on the disk.
  @Override
  public void close() {
    Thread starting;
    synchronized (warming) {
      closed = true;
      starting = warmer;
    }
    boolean interrupted = false;
    while (starting != null && starting.isAlive()) {
      try {
        starting.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    for (ParserProcess child : List.copyOf(all)) {
      discard(child);
    }
    Scratch.remove(scratch);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
