package dev.freehold.server.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// From where a browser may speak to this server.
///
/// A page of a stranger can make a browser send requests here in two ways. It can rebind its own
/// name to this machine's address: then the `Host` header carries a name that is not ours. Or it
/// can send them across origins: then `Origin` differs from `Host`, and the header `X-Freehold` is
/// missing, which no form can send.
///
/// Safe for use by many threads at once.
final class Origins {

  private static final Pattern IP_LITERAL =
      Pattern.compile("(\\[[0-9a-f:.]+]|[0-9]{1,3}(\\.[0-9]{1,3}){3})");

  private final Set<String> names;

  /// @param names host names by which this server may be reached beside `localhost`; addresses
  ///   always may, for an address cannot be rebound
  Origins(Set<String> names) {
    this.names =
        names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }

  /// @throws Refusal where this server does not go by that name
  void checkHost(Exchange exchange) {
    String host = hostName(exchange.header("host").orElse(""));
    if (!IP_LITERAL.matcher(host).matches() && !host.equals("localhost") && !names.contains(host)) {
      throw new Refusal(
          421,
          "unknown_host",
          "This server does not go by the name it was asked under. Its operator can allow the name with --allow-host.",
          "host");
    }
  }

  /// @throws Refusal where a page of another origin may have made the browser send this
  void checkSameOrigin(Exchange exchange) {
    boolean marked = exchange.header("x-freehold").filter("1"::equals).isPresent();
    boolean sameSite =
        exchange.header("sec-fetch-site").map(site -> site.equals("same-origin")).orElse(true);
    boolean sameOrigin =
        exchange.header("origin").map(origin -> sameOrigin(origin, exchange)).orElse(true);
    if (!marked || !sameSite || !sameOrigin) {
      throw new Refusal(
          403,
          "cross_origin",
          "A change with a session needs the header X-Freehold: 1 and comes from this server's own page; programs send a key instead.");
    }
  }

  private static boolean sameOrigin(String origin, Exchange exchange) {
    try {
      URI uri = new URI(origin);
      return exchange.header("host").orElse("").equalsIgnoreCase(uri.getRawAuthority());
    } catch (URISyntaxException _) {
      return false;
    }
  }

  private static String hostName(String host) {
    int colon = host.lastIndexOf(':');
    boolean port = colon > host.lastIndexOf(']');
    return (port ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
  }
}
