package dev.freehold.server.page;

import dev.freehold.governance.Keys;
import dev.freehold.server.http.Credentials;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Route;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/api/session`: a key is exchanged for a cookie that scripts cannot read; and `/health`.
///
/// Safe for use by many threads at once.
public final class Sessions {

  private final Keys keys;
  private final String version;

  /// @param keys who holds which key
  /// @param version what the page shows as this program's version
  public Sessions(Keys keys, String version) {
    this.keys = keys;
    this.version = version;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.open("GET", "/health", Sessions::health),
        Route.open("POST", "/api/session", this::open),
        Route.of("GET", "/api/session", this::show),
        Route.of("DELETE", "/api/session", this::close));
  }

  private static void health(Exchange exchange) {
    exchange.json(200, Json.object().put("status", "ok"));
  }

  private void open(Exchange exchange) throws IOException {
    var fields = new Fields(exchange.body());
    String key = fields.requiredText("key");
    fields.refuseOthers();
    cookie(exchange, keys.openSession(key.strip()), Keys.SESSION.toSeconds());
    exchange.noContent();
  }

  private void show(Exchange exchange) {
    ObjectNode body = Json.object();
    body.putObject("principal")
        .put("name", exchange.principal().name())
        .put("administrator", exchange.principal().administrator());
    exchange.json(200, body.put("version", version));
  }

  private void close(Exchange exchange) {
    Credentials.session(exchange).ifPresent(keys::closeSession);
    cookie(exchange, "", 0);
    exchange.noContent();
  }

  private static void cookie(Exchange exchange, String token, long seconds) {
    exchange.set(
        "set-cookie",
        "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s"
            .formatted(Credentials.COOKIE, token, seconds, exchange.secure() ? "; Secure" : ""));
  }
}
