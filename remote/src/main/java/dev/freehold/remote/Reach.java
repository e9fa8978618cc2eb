package dev.freehold.remote;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/// Where an upstream may stand, decided once by whoever added it and checked before every
/// connection, whatever its name leads to by then.
///
/// A public one is reached by https only, so that a name that suddenly leads elsewhere meets a
/// machine without the certificate. A private one may speak plain http; then the connection goes to
/// the very address that was checked, so that a second look-up of the name cannot change it.
public enum Reach {
  /// On the internet.
  PUBLIC,
  /// On this machine or in the company's own network.
  PRIVATE;

  /// Looks a host name up.
  @FunctionalInterface
  interface Resolver {
    InetAddress[] addresses(String host) throws IOException;
  }

  /// Refuses an address that no upstream can have.
  ///
  /// @throws InvalidRequest saying what is wrong with it
  void requireBase(URI base) {
    String scheme = String.valueOf(base.getScheme()).toLowerCase(Locale.ROOT);
    if (base.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw new InvalidRequest("\"%s\" is no http address of a server.".formatted(base), "url");
    }
    if (base.getRawUserInfo() != null
        || base.getRawQuery() != null
        || base.getRawFragment() != null) {
      throw new InvalidRequest(
          "An upstream's address is its origin and path alone: no credentials, query or fragment.",
          "url");
    }
    if (this == PUBLIC && !scheme.equals("https")) {
      throw new InvalidRequest(
          ("%s is not encrypted, and what is sent there could be read on the way. Use https, or say"
                  + " --private if it stands in your own network.")
              .formatted(base),
          "url");
    }
  }

  /// The address to connect to for this one.
  ///
  /// @throws Unavailable where its name leads to where it may not
  URI vetted(URI address, Resolver resolver, String upstream) {
    InetAddress[] found;
    try {
      found = resolver.addresses(address.getHost());
    } catch (IOException e) {
      throw new Unavailable(
          "%s: the name %s cannot be found from here.".formatted(upstream, address.getHost()), e);
    }
    for (InetAddress one : found) {
      if (!allows(one)) {
        throw new Unavailable(
            "%s: %s leads to %s, which is refused: this upstream was added as a %s one."
                .formatted(
                    upstream,
                    address.getHost(),
                    one.getHostAddress(),
                    name().toLowerCase(Locale.ROOT)));
      }
    }
    return "https".equalsIgnoreCase(address.getScheme()) ? address : pinned(address, found[0]);
  }

  boolean allows(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    boolean own = address.isLoopbackAddress() || address.isSiteLocalAddress() || shared(address);
    return switch (this) {
      case PUBLIC -> !own;
      case PRIVATE -> own;
    };
  }

  /// Unique local addresses (RFC 4193), shared ones (RFC 6598), this network and broadcast.
  private static boolean shared(InetAddress address) {
    byte[] bytes = address.getAddress();
    return switch (address) {
      case Inet4Address _ ->
          (bytes[0] == 100 && (bytes[1] & 0xc0) == 64) || bytes[0] == 0 || (bytes[0] & 0xff) >= 240;
      case Inet6Address _ -> (bytes[0] & 0xfe) == 0xfc;
      default -> false;
    };
  }

  private static URI pinned(URI address, InetAddress to) {
    String host = to.getHostAddress();
    int zone = host.indexOf('%');
    String literal = zone < 0 ? host : host.substring(0, zone);
    try {
      return new URI(
          address.getScheme(),
          null,
          literal.indexOf(':') >= 0 ? "[" + literal + "]" : literal,
          address.getPort(),
          address.getPath(),
          address.getQuery(),
          null);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// `scheme://host:port` in one spelling.
  static String origin(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? 443 : 80;
    int port = address.getPort() == -1 ? usual : address.getPort();
    return scheme + "://" + host + ":" + port;
  }
}
