package dev.freehold.server.http;

import dev.freehold.chat.FreeholdException;
import io.helidon.webserver.ServerConnectionException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An answer in server-sent events (WHATWG HTML, section 9.2); each event leaves at once.
///
/// A comment is sent whenever nothing else was for a while, so that proxies keep the line and a
/// client that vanished without a word is noticed.
///
/// Safe for use by many threads at once. Every method throws [ClientGone] once the client is gone.
public final class EventStream implements AutoCloseable {

  private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final Duration PULSE = Duration.ofSeconds(2);

  private final OutputStream out;
  private final ReentrantLock writing = new ReentrantLock();
  private volatile @Nullable Thread heart;
  private volatile long written = System.nanoTime();
  private volatile boolean closed;

  EventStream(OutputStream out) {
    this.out = out;
  }

  /// Sends one event without a name.
  public void data(JsonNode data) {
    data(new String(Json.bytes(data), StandardCharsets.UTF_8));
  }

  /// Sends one event without a name whose data is this one line.
  public void data(String line) {
    write("data: " + line + "\n\n");
  }

  /// Sends one event.
  public void event(String name, JsonNode data) {
    write(
        "event: %s\ndata: %s\n\n"
            .formatted(name, new String(Json.bytes(data), StandardCharsets.UTF_8)));
  }

  private void write(String text) {
    writing.lock();
    try {
      if (closed) {
        throw new ClientGone(new IOException("The stream is closed."));
      }
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
      written = System.nanoTime();
    } catch (IOException | UncheckedIOException | ServerConnectionException e) {
      closed = true;
      throw new ClientGone(e);
    } finally {
      writing.unlock();
    }
  }

  /// The client left; every write from now on throws [ClientGone].
  void leave() {
    closed = true;
  }

  /// Throws [ClientGone] if the client left.
  void refuseIfLeft(Throwable consequence) {
    if (closed) {
      throw new ClientGone(consequence);
    }
  }

  /// Keeps the line open and asks every two seconds whether the asker may still listen.
  ///
  /// @param check throws what is to be told where the asker may not
  /// @param refused what to do then
  void guard(Runnable check, Consumer<FreeholdException> refused) {
    heart =
        Thread.ofVirtual()
            .name("event-stream-heartbeat")
            .start(() -> {
              try {
                while (!closed) {
                  Thread.sleep(PULSE);
                  check.run();
                  if (!closed && System.nanoTime() - written > HEARTBEAT_NANOS) {
                    comment("still here");
                  }
                }
              } catch (FreeholdException e) {
                refused.accept(e);
              } catch (InterruptedException | ClientGone _) {
                // Closed meanwhile; the thread that writes events learns it by itself.
              }
            });
  }

  /// Sends a comment, which clients skip.
  public void comment(String text) {
    write(": " + text + "\n\n");
  }

  /// Ends the stream.
  @Override
  public void close() {
    writing.lock();
    try {
      closed = true;
      Thread pulse = heart;
      if (pulse != null) {
        pulse.interrupt();
      }
      out.close();
    } catch (IOException | UncheckedIOException | ServerConnectionException e) {
      throw new ClientGone(e);
    } finally {
      writing.unlock();
    }
  }
}
