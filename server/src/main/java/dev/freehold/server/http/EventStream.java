package dev.freehold.server.http;

import io.helidon.webserver.ServerConnectionException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;

/// An answer in server-sent events (WHATWG HTML, section 9.2); each event leaves at once.
///
/// A comment is sent whenever nothing else was for a while, so that proxies keep the line and a
/// client that vanished without a word is noticed.
///
/// Safe for use by many threads at once. Every method throws [ClientGone] once the client is gone.
public final class EventStream implements AutoCloseable {

  private static final long HEARTBEAT_MILLIS = 15_000;

  private final OutputStream out;
  private final ReentrantLock writing = new ReentrantLock();
  private final Thread heart;
  private volatile long written = System.nanoTime();
  private volatile boolean closed;

  EventStream(OutputStream out) {
    this.out = out;
    this.heart = Thread.ofVirtual().name("event-stream-heartbeat").start(this::beat);
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

  private void beat() {
    try {
      while (!closed) {
        Thread.sleep(HEARTBEAT_MILLIS / 3);
        if (!closed && System.nanoTime() - written > HEARTBEAT_MILLIS * 1_000_000) {
          write(": still here\n\n");
        }
      }
    } catch (InterruptedException | ClientGone _) {
      // Closed meanwhile; the thread that writes events learns it by itself.
    }
  }

  /// Ends the stream.
  @Override
  public void close() {
    writing.lock();
    try {
      closed = true;
      heart.interrupt();
      out.close();
    } catch (IOException | UncheckedIOException | ServerConnectionException e) {
      throw new ClientGone(e);
    } finally {
      writing.unlock();
    }
  }
}
