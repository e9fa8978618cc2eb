package dev.freehold.server.http;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Unauthenticated;
import dev.freehold.governance.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds out who asks: by `Authorization: Bearer KEY`, or by the session cookie of the page.
///
/// A key that is sent decides alone; a wrong one is not mended by a session beside it.
///
/// Safe for use by many threads at once.
public final class Credentials {

  /// The session cookie's name.
  public static final String COOKIE = "freehold_session";

  private final Keys keys;
  private final Optional<Principal> anybody;

  /// @param keys who holds which key and session
  /// @param anybody who everybody is on a server that asks for no keys
  public Credentials(Keys keys, Optional<Principal> anybody) {
    this.keys = keys;
    this.anybody = anybody;
  }

  /// Who asked, and whether by a cookie, which a browser sends unasked.
  record Asker(Principal principal, boolean byCookie) {}

  /// @throws Unauthenticated where nobody is named or the key is not known
  Asker asker(Exchange exchange) {
    Optional<String> authorization = exchange.header("authorization");
    if (anybody.isPresent()) {
      // A browser sends no such header unasked; without it, the rules for cookies keep other sites
      // from acting here.
      return new Asker(anybody.get(), authorization.isEmpty());
    }
    if (authorization.isPresent()) {
      return new Asker(keys.authenticate(bearer(authorization.get())), false);
    }
    return session(exchange)
        .map(token -> new Asker(keys.session(token), true))
        .orElseThrow(() ->
            new Unauthenticated(
                "Send a key in the header Authorization: Bearer KEY, or sign in on the page."));
  }

  private static String bearer(String authorization) {
    if (!authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      throw new Unauthenticated(
          "The header Authorization must say Bearer, followed by a space and the key.");
    }
    return authorization.substring(7).strip();
  }

  /// The token in the session cookie, if there is exactly one.
  ///
  /// @throws InvalidRequest where there are two, of which one may have been planted
  public static Optional<String> session(Exchange exchange) {
    List<String> tokens = new ArrayList<>();
    for (String pair : exchange.header("cookie").orElse("").split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).strip().equals(COOKIE)) {
        tokens.add(pair.substring(equals + 1).strip());
      }
    }
    if (tokens.size() > 1) {
      throw new InvalidRequest("The session cookie is given more than once.", "cookie");
    }
    return tokens.stream().findFirst();
  }
}
