package dev.freehold.server.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The way of every request: name it, check from where and by whom, find its route, answer or tell
/// what went wrong, write one line of log.
///
/// Safe for use by many threads at once.
public final class Dispatcher {

  private static final System.Logger LOG = System.getLogger("dev.freehold.server.requests");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  private final List<Route> routes;
  private final Credentials credentials;
  private final Origins origins;
  private final int maxJsonBytes;

  /// @param routes the route table; of two that fit a path the earlier wins
  /// @param credentials who asks
  /// @param hostNames names by which this server may be reached beside `localhost`
  /// @param maxJsonBytes the longest JSON body
  public Dispatcher(
      List<Route> routes, Credentials credentials, Set<String> hostNames, int maxJsonBytes) {
    this.routes = List.copyOf(routes);
    this.credentials = credentials;
    this.origins = new Origins(hostNames);
    this.maxJsonBytes = maxJsonBytes;
  }

  /// Serves one request.
  public void handle(ServerRequest request, ServerResponse response) {
    long began = System.nanoTime();
    ClientConnection connection = ClientConnection.CURRENT.get();
    String id = newId();
    SecurityHeaders.ALL.forEach((name, value) -> response.header(HeaderNames.create(name), value));
    response.header(HeaderNames.create("x-request-id"), id);
    String method = request.prologue().method().text();
    Found found = find(method, request.path().rawPath());
    var exchange = new Exchange(request, response, connection, id, found.variables(), maxJsonBytes);
    boolean cut = false;
    try {
      serve(found, method, exchange, request);
    } catch (ClientGone _) {
      cut = true;
    } catch (RuntimeException | IOException e) {
      // The boundary of the server: whatever a room throws becomes an answer here, or the end of
      // the connection where an answer has begun.
      cut = !answer(e, exchange);
    } finally {
      log(found, method, exchange, cut, began);
    }
    finish(connection, exchange, cut);
  }

  private void serve(Found found, String method, Exchange exchange, ServerRequest request)
      throws IOException {
    origins.checkHost(exchange);
    // A method that is not served asks for the same rights as those that are.
    boolean open =
        found.route() != null
            ? found.route().access() == Access.OPEN
            : !found.routes().isEmpty()
                && found.routes().stream().allMatch(route -> route.access() == Access.OPEN);
    if (!open) {
      Credentials.Asker asker = credentials.asker(exchange);
      exchange.principal(asker.principal());
      exchange.recheck(() -> credentials.asker(exchange));
      if (asker.byCookie() && !SAFE.contains(method)) {
        origins.checkSameOrigin(exchange);
      }
    } else if (!SAFE.contains(method)) {
      origins.checkSameOrigin(exchange);
    }
    if (found.routes().isEmpty()) {
      throw new Refusal(
          404, "unknown_route", "There is no such route. docs/http-api.md lists those there are.");
    }
    if (found.route() == null) {
      exchange.set("allow", String.join(", ", found.allowed()));
      if (method.equals("OPTIONS")) {
        exchange.noContent();
        return;
      }
      throw new Refusal(
          405,
          "method_not_allowed",
          "This route serves %s.".formatted(String.join(", ", found.allowed())));
    }
    found
        .route()
        .unknown(request.query().names())
        .ifPresent(name -> {
          throw new Refusal(
              400,
              "unknown_parameter",
              "The query parameter %s is not known here.".formatted(name),
              name);
        });
    found.route().handler().handle(exchange);
    if (!exchange.responded()) {
      throw new IllegalStateException("The handler of %s did not answer.".formatted(found.route()));
    }
  }

  /// Tells the client what went wrong, if that is still possible.
  private static boolean answer(Throwable failure, Exchange exchange) {
    Problem problem =
        failure instanceof RequestException e
            ? new Problem(
                e.status().code(),
                "invalid_request_error",
                "malformed_request",
                null,
                "The request is not one that HTTP allows.",
                null)
            : Problem.of(failure, exchange.id());
    if (exchange.responded()) {
      return false;
    }
    try {
      exchange.problem(problem);
      return true;
    } catch (ClientGone | UncheckedIOException | ServerConnectionException _) {
      return false;
    }
  }

  private static void finish(ClientConnection connection, Exchange exchange, boolean cut) {
    if (cut) {
      connection.cut();
      throw new CloseConnectionException(
          "The client is gone or the answer could not be completed.");
    }
    if (exchange.closing()) {
      exchange.commit();
      if (exchange.bodyUnread()) {
        connection.linger();
      }
      connection.cut();
      throw new CloseConnectionException("The answer said so.");
    }
    connection.requestEnded();
  }

  private record Found(
      List<Route> routes,
      @org.jspecify.annotations.Nullable Route route,
      Map<String, String> variables,
      Set<String> allowed) {}

  private Found find(String method, String rawPath) {
    String wanted = method.equals("HEAD") ? "GET" : method;
    List<String> segments = Paths.segments(rawPath);
    List<Route> fitting = routes.stream().filter(r -> r.match(segments).isPresent()).toList();
    Set<String> allowed = new TreeSet<>();
    for (Route route : fitting) {
      allowed.add(route.method());
      if (route.method().equals("GET")) {
        allowed.add("HEAD");
      }
    }
    allowed.add("OPTIONS");
    for (Route route : fitting) {
      if (route.method().equals(wanted)) {
        return new Found(fitting, route, route.match(segments).orElseThrow(), allowed);
      }
    }
    return new Found(fitting, null, Map.of(), allowed);
  }

  private static void log(
      Found found, String method, Exchange exchange, boolean cut, long beganNanos) {
    // The pattern, never the path or query: those may hold what a person asked.
    LOG.log(
        System.Logger.Level.INFO,
        () ->
            "%s %s %s %s %d ms %s %s"
                .formatted(
                    exchange.id(),
                    known(method),
                    found.route() == null ? "-" : found.route().pattern(),
                    cut ? "gone" : Integer.toString(exchange.status()),
                    (System.nanoTime() - beganNanos) / 1_000_000,
                    exchange.principalOrNull() == null ? "-" : exchange.principalOrNull().id(),
                    exchange.behalf()));
  }

  private static String known(String method) {
    return Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS").contains(method)
        ? method
        : "OTHER";
  }

  private static String newId() {
    byte[] bytes = new byte[12];
    RANDOM.nextBytes(bytes);
    return "req_" + HexFormat.of().formatHex(bytes);
  }

  /// What is answered where a request is so malformed that it reaches no handler.
  public static DirectHandler malformed() {
    return (request, type, status, headers, message) -> {
      int code = status.code() >= 500 && status.code() != 505 ? 400 : status.code();
      String word =
          switch (code) {
            case 413 -> "request_too_large";
            case 414 -> "uri_too_long";
            case 431 -> "headers_too_large";
            default -> "malformed_request";
          };
      var problem =
          new Problem(
              code,
              "invalid_request_error",
              word,
              null,
              "The request is not one that is accepted here (%s).".formatted(word),
              null);
      var builder =
          DirectHandler.TransportResponse.builder()
              .status(Status.create(code))
              .keepAlive(false)
              .header(HeaderNames.CONTENT_TYPE, "application/json")
              .header(HeaderNames.create("x-request-id"), newId());
      SecurityHeaders.ALL.forEach((name, value) -> builder.header(HeaderNames.create(name), value));
      return builder.entity(Json.bytes(problem.json())).build();
    };
  }
}
