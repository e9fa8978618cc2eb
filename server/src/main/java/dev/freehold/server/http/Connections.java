package dev.freehold.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.Headers;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// All connections that are open, and the watch that cuts those whose client is too slow.
///
/// Safe for use by many threads at once.
public final class Connections implements ServerConnectionSelector, AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.freehold.server");
  private static final long PATROL_MILLIS = 250;

  private final Pace pace;
  private final Http1ConnectionSelector http1;
  private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();
  private final Thread patrol;

  /// @param pace how slow a client may be
  public Connections(Pace pace) {
    this.pace = pace;
    this.http1 =
        Http1ConnectionSelector.builder()
            .config(
                Http1Config.builder()
                    .maxPrologueLength(8 * 1024)
                    // The limit on the head is kept by ClientConnection, which can answer 431; this
                    // one only has to lie above it and a read.
                    .maxHeadersSize(pace.headBytes() + 64 * 1024)
                    .addReceiveListener(new HeadListener())
                    .build())
            .build();
    this.patrol = Thread.ofVirtual().name("connection-patrol").start(this::patrol);
  }

  Pace pace() {
    return pace;
  }

  /// How many connections are open.
  public int size() {
    return open.size();
  }

  void ended(ClientConnection connection) {
    open.remove(connection);
  }

  private void patrol() {
    try {
      while (true) {
        Thread.sleep(PATROL_MILLIS);
        long now = System.nanoTime();
        for (ClientConnection connection : open) {
          if (connection.overdue(now)) {
            LOG.log(System.Logger.Level.DEBUG, "A client that was too slow is cut.");
            connection.cut();
          }
        }
      }
    } catch (InterruptedException _) {
      // The server is closing.
    }
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http1.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http1.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http1.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    var connection = new ClientConnection(context, this);
    open.add(connection);
    return connection.with(http1.connection(connection));
  }

  @Override
  public void close() {
    patrol.interrupt();
    open.forEach(ClientConnection::cut);
  }

  /// Learns from the protocol where the head of a request ends.
  private static final class HeadListener implements Http1ConnectionListener {
    @Override
    public void headers(ConnectionContext context, Headers headers) {
      if (context instanceof ClientConnection connection) {
        connection.headEnded();
      }
    }
  }
}
