package dev.freehold.server;

import dev.freehold.chat.Principal;
import dev.freehold.server.http.Pace;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// Where the server listens and what it refuses.
///
/// @param host address to listen on
/// @param port port to listen on; 0 takes a free one
/// @param hostNames names by which browsers may reach this server beside `localhost` and addresses
/// @param maxJsonBytes longest JSON body
/// @param maxUploadBytes longest document
/// @param pace how slow a client may be
/// @param version what the page shows as this program's version
/// @param anybody who everybody is that shows no key, on a server that asks for none; empty: a key
///   is asked for
public record ServerConfiguration(
    String host,
    int port,
    Set<String> hostNames,
    int maxJsonBytes,
    long maxUploadBytes,
    ClientPace pace,
    String version,
    Optional<Principal> anybody) {

  public ServerConfiguration {
    hostNames = Set.copyOf(hostNames);
  }

  /// This machine only, on a port of its own choosing where `port` is 0.
  public static ServerConfiguration local(int port) {
    return new ServerConfiguration(
        "127.0.0.1",
        port,
        Set.of(),
        8 << 20,
        256L << 20,
        ClientPace.DEFAULT,
        "development",
        Optional.empty());
  }

  /// The same at another address, reached also by these names.
  public ServerConfiguration at(String address, Set<String> names) {
    return new ServerConfiguration(
        address, port, names, maxJsonBytes, maxUploadBytes, pace, version, anybody);
  }

  /// The same with this version.
  public ServerConfiguration withVersion(String value) {
    return new ServerConfiguration(
        host, port, hostNames, maxJsonBytes, maxUploadBytes, pace, value, anybody);
  }

  /// The same without asking for keys: everybody is `principal`. Only for addresses that nobody
  /// else can reach.
  public ServerConfiguration withoutAuthentication(Principal principal) {
    return new ServerConfiguration(
        host, port, hostNames, maxJsonBytes, maxUploadBytes, pace, version, Optional.of(principal));
  }

  /// The same for clients of another pace.
  public ServerConfiguration withPace(ClientPace value) {
    return new ServerConfiguration(
        host, port, hostNames, maxJsonBytes, maxUploadBytes, value, version, anybody);
  }

  /// The same with other limits on bodies.
  public ServerConfiguration withLimits(int jsonBytes, long uploadBytes) {
    return new ServerConfiguration(
        host, port, hostNames, jsonBytes, uploadBytes, pace, version, anybody);
  }

  /// How slow a client may be before it is cut.
  ///
  /// @param head from the first byte of a request to the end of its headers
  /// @param body grace for a body, which from then on must keep up 4 KiB a second on average
  /// @param write one write that the client does not take
  /// @param idle between two requests
  public record ClientPace(Duration head, Duration body, Duration write, Duration idle) {

    /// Patient with people on bad lines, not with those who hold connections open on purpose.
    public static final ClientPace DEFAULT =
        new ClientPace(
            Duration.ofSeconds(15),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            Duration.ofSeconds(75));

    Pace toPace() {
      return new Pace(head, body, 4096, write, idle, 48 * 1024);
    }
  }
}
