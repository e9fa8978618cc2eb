package dev.freehold.documents.parsing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleConsumer;

/// One child process that reads documents, one at a time.
///
/// It starts with an empty environment, in a folder of its own, and where the system lets it,
/// without a network. Used by one thread at a time; any thread may close.
final class ParserProcess implements AutoCloseable {

  private static final String STOPPED = "its reader stopped in the middle of it";
  // Long, since it is the machine that is slow here and no document.
  private static final Duration START = Duration.ofMinutes(2);

  private final Process process;
  private final Path scratch;
  private final DataOutputStream out;
  private final DataInputStream in;
  private final AtomicReference<String> cause = new AtomicReference<>("");
  private volatile boolean ready;

  private ParserProcess(Process process, Path scratch) {
    this.process = process;
    this.scratch = scratch;
    this.out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
    this.in = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
    Thread.startVirtualThread(this::drainErrors);
  }

  /// Starts a child; it becomes ready by itself.
  static ParserProcess start(Sandbox sandbox, Path scratch) throws IOException {
    Files.createDirectories(scratch);
    var builder = new ProcessBuilder(sandbox.command(scratch));
    builder.environment().clear();
    builder.directory(scratch.toFile());
    return new ParserProcess(builder.start(), scratch);
  }

  /// Reads one document. What it needs to start does not count.
  ///
  /// @param document its bytes, from where the channel stands
  /// @throws Died where the child did not survive it; this object is of no more use then
  Parsed parse(FileChannel document, String name, Duration patience, DoubleConsumer progress)
      throws Died {
    if (!ready) {
      within(
          START,
          "its reader did not start within %d seconds".formatted(START.toSeconds()),
          () -> {
            Wire.ready(in);
            return true;
          });
      ready = true;
    }
    return within(
        patience,
        "it took longer than %d seconds to read".formatted(patience.toSeconds()),
        () -> {
          Wire.ask(out, name, document.size());
          Channels.newInputStream(document).transferTo(out);
          out.flush();
          return Wire.read(in, progress);
        });
  }

  private <T> T within(Duration patience, String late, Conversation<T> conversation) throws Died {
    // Either it ends or the child is ended: a child that ends late must not look as if the document
    // after this one had ended it.
    var over = new AtomicBoolean();
    var watch = Thread.ofVirtual().unstarted(() -> killAfter(patience, late, over));
    watch.start();
    try {
      T said = conversation.hold();
      if (!over.compareAndSet(false, true)) {
        throw new IOException(late);
      }
      return said;
    } catch (IOException e) {
      String reason = reason(patience);
      throw new Died(reason, reason.equals(STOPPED), e);
    } finally {
      watch.interrupt();
    }
  }

  private void killAfter(Duration patience, String late, AtomicBoolean over) {
    try {
      Thread.sleep(patience);
      if (over.compareAndSet(false, true)) {
        cause.set(late);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      // The document was read in time.
      Thread.currentThread().interrupt();
    }
  }

  private String reason(Duration patience) {
    try {
      process.waitFor(Math.min(1000, patience.toMillis()), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!cause.get().isEmpty()) {
      return cause.get();
    }
    // -XX:+ExitOnOutOfMemoryError exits with 3.
    return !process.isAlive() && process.exitValue() == 3
        ? "it needs more memory than a document may take"
        : STOPPED;
  }

  boolean alive() {
    return process.isAlive();
  }

  /// Whether it has started wholly.
  boolean ready() {
    return ready;
  }

  long pid() {
    return process.pid();
  }

  // A child whose errors nobody reads would wait for ever once the pipe is full. What they say may
  // quote the document, so it goes nowhere.
  private void drainErrors() {
    try (InputStream errors = process.getErrorStream()) {
      byte[] buffer = new byte[8192];
      while (errors.read(buffer) >= 0) {}
    } catch (IOException e) {
      // The child is gone.
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Scratch.remove(scratch);
  }

  private interface Conversation<T> {
    T hold() throws IOException;
  }

  /// The child did not survive a document.
  static final class Died extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean unexplained;

    Died(String reason, boolean unexplained, Throwable cause) {
      super(reason, cause);
      this.unexplained = unexplained;
    }

    /// Whether the child may have died of something else than the document.
    boolean unexplained() {
      return unexplained;
    }
  }
}
