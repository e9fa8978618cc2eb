package dev.freehold.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.spi.ServerConnection;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One client's connection, seen from outside the HTTP library: every byte read or written passes
/// here, so that a client that is too slow or gone is noticed.
///
/// Bound to the thread that serves the connection; `watch`, `overdue` and `cut` may be called from
/// others.
final class ClientConnection
    implements ConnectionContext, ServerConnection, InterruptableTask<Void> {

  /// The connection served by the current thread.
  static final ScopedValue<ClientConnection> CURRENT = ScopedValue.newInstance();

  private static final Duration LINGER = Duration.ofSeconds(2);

  private enum Phase {
    /// Between two requests.
    IDLE,
    /// The first line or the headers of a request have begun to arrive.
    HEAD,
    /// A handler works.
    HANDLING,
    /// A handler waits for the body.
    BODY,
    /// The answer is sent; the rest of the body is thrown away for a moment, so that the client can
    /// read the answer before the connection ends.
    LINGER
  }

  private final ConnectionContext outer;
  private final Connections connections;
  private final DataReader reader;
  private final DataWriter writer;
  private @Nullable ServerConnection protocol;

  private volatile Phase phase = Phase.IDLE;
  private volatile long since = System.nanoTime();
  private long headBytes;
  private final AtomicLong bodyBytes = new AtomicLong();
  private volatile long writingSince;
  private volatile boolean cut;

  ClientConnection(ConnectionContext outer, Connections connections) {
    this.outer = outer;
    this.connections = connections;
    this.reader = DataReader.create(this::read);
    this.writer = new TimedWriter();
  }

  /// Sets the protocol that serves this connection.
  ClientConnection with(ServerConnection value) {
    protocol = value;
    return this;
  }

  private ServerConnection protocol() {
    if (protocol == null) {
      throw new IllegalStateException("A connection needs its protocol before it is used.");
    }
    return protocol;
  }

  private byte @Nullable [] read() {
    byte[] bytes;
    try {
      bytes = outer.serverSocket().get();
    } catch (UncheckedIOException e) {
      if (cut) {
        throw new CloseConnectionException("The connection was cut.", e);
      }
      throw new ServerConnectionException("The socket cannot be read.", e);
    }
    if (bytes == null) {
      return null;
    }
    switch (phase) {
      case IDLE -> {
        headBytes = bytes.length;
        enter(Phase.HEAD);
      }
      case HEAD -> {
        headBytes += bytes.length;
        if (headBytes > connections.pace().headBytes()) {
          throw RequestException.builder()
              .type(EventType.BAD_REQUEST)
              .status(Status.create(431, "Request Header Fields Too Large"))
              .message("The headers are too long.")
              .safeMessage(true)
              .setKeepAlive(false)
              .build();
        }
      }
      case BODY -> bodyBytes.addAndGet(bytes.length);
      case HANDLING, LINGER -> {}
    }
    return bytes;
  }

  private void enter(Phase next) {
    since = System.nanoTime();
    phase = next;
  }

  /// The head of a request is complete.
  void headEnded() {
    enter(Phase.HANDLING);
  }

  /// A handler begins to wait for the body.
  void bodyBegins() {
    bodyBytes.set(0);
    enter(Phase.BODY);
  }

  /// The body is complete.
  void bodyEnded() {
    enter(Phase.HANDLING);
  }

  /// The request is answered.
  void requestEnded() {
    headBytes = 0;
    enter(Phase.IDLE);
  }

  /// Whether the client has been slower than it may.
  boolean overdue(long now) {
    long writing = writingSince;
    if (writing != 0 && now - writing > connections.pace().write().toNanos()) {
      return true;
    }
    // In this order: a phase is then never held against the time since an earlier one.
    Phase current = phase;
    Duration waited = Duration.ofNanos(now - since);
    return switch (current) {
      case IDLE -> waited.compareTo(connections.pace().idle()) > 0;
      case HEAD -> waited.compareTo(connections.pace().head()) > 0;
      case BODY ->
          waited.compareTo(
                  connections
                      .pace()
                      .body()
                      .plusMillis(bodyBytes.get() * 1000 / connections.pace().bodyBytesPerSecond()))
              > 0;
      case LINGER -> waited.compareTo(LINGER) > 0;
      case HANDLING -> false;
    };
  }

  /// Throws away what the client still sends, until it stops or two seconds have passed: closing
  /// with unread bytes would reset the connection and take the answer with it.
  void linger() {
    enter(Phase.LINGER);
    try {
      while (outer.serverSocket().get() != null) {
        // Thrown away.
      }
    } catch (UncheckedIOException _) {
      // Cut by the patrol or closed by the client: the end either way.
    }
  }

  /// Closes the socket at once; whoever reads or writes it fails.
  void cut() {
    if (!cut) {
      cut = true;
      try {
        outer.serverSocket().close();
      } catch (UncheckedIOException _) {
        // It was closed from the other side already, which is what was wanted.
      }
    }
  }

  /// Calls `gone` once when the client closes its side. From here on the connection serves this one
  /// request only: what arrives is not read as another, and the response must say `Connection:
  /// close`.
  void watch(Runnable gone) {
    Thread.ofVirtual()
        .name("client-watch-" + childSocketId())
        .start(() -> {
          // A client that sends more than its request is still there; at some point it is cut
          // off from sending by the socket's own buffer.
          boolean present = true;
          while (present && !cut) {
            try {
              present = outer.serverSocket().get() != null;
            } catch (UncheckedIOException _) {
              present = false;
            }
          }
          if (!cut) {
            gone.run();
          }
        });
  }

  @Override
  public void handle(Limit limit) {
    ScopedValue.where(CURRENT, this)
        .call(() -> {
          try {
            protocol().handle(limit);
            if (phase == Phase.HEAD && !cut) {
              // Refused in the middle of its headers, and the client may still be sending them.
              linger();
            }
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          } finally {
            connections.ended(this);
          }
          return null;
        });
  }

  @Override
  public Duration idleTime() {
    return protocol().idleTime();
  }

  @Override
  public void close(boolean interrupt) {
    protocol().close(interrupt);
  }

  @Override
  public boolean canInterrupt() {
    return protocol() instanceof InterruptableTask<?> task && task.canInterrupt();
  }

  @Override
  public ListenerContext listenerContext() {
    return outer.listenerContext();
  }

  @Override
  public ExecutorService executor() {
    return outer.executor();
  }

  @Override
  public DataWriter dataWriter() {
    return writer;
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public Router router() {
    return outer.router();
  }

  @Override
  public Optional<ProxyProtocolData> proxyProtocolData() {
    return outer.proxyProtocolData();
  }

  @Override
  public HelidonSocket serverSocket() {
    return outer.serverSocket();
  }

  @Override
  public PeerInfo remotePeer() {
    return outer.remotePeer();
  }

  @Override
  public PeerInfo localPeer() {
    return outer.localPeer();
  }

  @Override
  public boolean isSecure() {
    return outer.isSecure();
  }

  @Override
  public String socketId() {
    return outer.socketId();
  }

  @Override
  public String childSocketId() {
    return outer.childSocketId();
  }

  /// Notes when a write begins, so that one that never ends is cut.
  private final class TimedWriter implements DataWriter {

    private void timed(Runnable write) {
      writingSince = Math.max(1, System.nanoTime());
      try {
        write.run();
      } finally {
        writingSince = 0;
      }
    }

    @Override
    public void write(BufferData... buffers) {
      timed(() -> outer.dataWriter().write(buffers));
    }

    @Override
    public void write(BufferData buffer) {
      timed(() -> outer.dataWriter().write(buffer));
    }

    @Override
    public void writeNow(BufferData... buffers) {
      timed(() -> outer.dataWriter().writeNow(buffers));
    }

    @Override
    public void writeNow(BufferData buffer) {
      timed(() -> outer.dataWriter().writeNow(buffer));
    }

    @Override
    public void flush() {
      timed(() -> outer.dataWriter().flush());
    }

    @Override
    public void close() {
      outer.dataWriter().close();
    }
  }
}
