package dev.freehold.store;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which servers a pull may talk to: the hub, those it is known to hand out, those configured.
///
/// An address that nobody configured is refused before a connection is made, whatever a redirect
/// says; a server of the hub's family must also have a public address.
///
/// @param hub the hub's origin
/// @param configured further origins, exact
/// @param resolver how host names become addresses
record Origins(URI hub, List<URI> configured, Resolver resolver) {

  private static final String HUGGING_FACE = "https://huggingface.co";
  private static final List<String> FAMILY = List.of(".huggingface.co", ".hf.co");

  /// Looks a host name up.
  @FunctionalInterface
  interface Resolver {
    InetAddress[] addresses(String host) throws IOException;
  }

  Origins {
    configured = List.copyOf(configured);
  }

  /// Also that of an address which the user wrote out.
  Origins with(URI address) {
    return new Origins(
        hub,
        java.util.stream.Stream.concat(
                configured.stream(), java.util.stream.Stream.of(URI.create(of(address))))
            .toList(),
        resolver);
  }

  /// Whether the hub's token may go there.
  boolean isHub(URI address) {
    return of(address).equals(of(hub));
  }

  /// Lets pass what may be connected to.
  ///
  /// @throws Unavailable naming the server that was refused
  void check(URI address, String source) {
    String origin = of(address);
    if (address.getRawUserInfo() != null) {
      throw refused(source, origin, "its address carries credentials");
    }
    if (isHub(address) || configured.stream().anyMatch(one -> of(one).equals(origin))) {
      return;
    }
    if (!"https".equalsIgnoreCase(address.getScheme())) {
      throw refused(source, origin, "it is not https");
    }
    String host = Optional.ofNullable(address.getHost()).orElse("").toLowerCase(Locale.ROOT);
    if (!of(hub).equals(HUGGING_FACE) || FAMILY.stream().noneMatch(host::endsWith)) {
      throw refused(source, origin, "it is not one of the servers that are allowed");
    }
    requirePublic(host, source, origin);
  }

  private void requirePublic(String host, String source, String origin) {
    try {
      for (InetAddress address : resolver.addresses(host)) {
        if (address.isLoopbackAddress()
            || address.isAnyLocalAddress()
            || address.isLinkLocalAddress()
            || address.isSiteLocalAddress()
            || address.isMulticastAddress()
            || uniqueLocal(address)) {
          throw refused(source, origin, "its name leads to the private address " + address);
        }
      }
    } catch (IOException e) {
      throw new Unavailable("%s: the name %s cannot be found.".formatted(source, host), e);
    }
  }

  private static boolean uniqueLocal(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
  }

  /// `scheme://host:port` in one spelling.
  static String of(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
    int port = address.getPort();
    boolean usual =
        port == -1
            || (port == 443 && scheme.equals("https"))
            || (port == 80 && scheme.equals("http"));
    return scheme + "://" + host + (usual ? "" : ":" + port);
  }

  /// Refuses a configured origin that could be read by others on the way.
  static void requireOrigin(URI address, String field) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(address.getHost());
    boolean loopback = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    if (address.getHost() == null
        || address.getRawUserInfo() != null
        || !(scheme.equals("https") || (scheme.equals("http") && loopback))) {
      throw new InvalidRequest(
          "%s must be an https:// address without credentials; \"%s\" is none."
              .formatted(field, address),
          field);
    }
  }

  private static Unavailable refused(String source, String origin, String why) {
    return new Unavailable(
        ("%s sent us to %s, which is refused: %s. If you trust it, add it to"
                + " FREEHOLD_PULL_ORIGINS.")
            .formatted(source, origin, why));
  }
}
