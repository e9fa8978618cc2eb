package dev.freehold.server.page;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import dev.freehold.server.UpstreamShelf;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Route;
import dev.freehold.workload.Workloads;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/api/upstreams`: servers that are asked beside the models that are here; for administrators. To
/// everybody else these routes look like routes that do not exist.
///
/// Safe for use by many threads at once.
public final class UpstreamRoutes {

  private final UpstreamShelf upstreams;
  private final Workloads workloads;

  /// @param upstreams what is managed
  /// @param workloads whose routes may lead to them
  public UpstreamRoutes(UpstreamShelf upstreams, Workloads workloads) {
    this.upstreams = upstreams;
    this.workloads = workloads;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/upstreams", this::list),
        Route.of("POST", "/api/upstreams", this::add),
        Route.of("DELETE", "/api/upstreams/{upstream}", this::remove),
        Route.of("POST", "/api/upstreams/{upstream}/test", this::test));
  }

  private void list(Exchange exchange) {
    Administrators.require(exchange);
    ObjectNode body = Json.object();
    ArrayNode array = body.putArray("upstreams");
    upstreams.list().forEach(one -> array.add(shown(one)));
    ArrayNode kinds = body.putArray("kinds");
    upstreams
        .kinds()
        .forEach(one -> kinds.addObject().put("kind", one.word()).put("usual", one.usual()));
    exchange.json(200, body);
  }

  private void add(Exchange exchange) throws IOException {
    Administrators.require(exchange);
    var fields = new Fields(exchange.body());
    var described =
        new UpstreamShelf.Described(
            fields.requiredText("name"),
            fields.text("kind").orElse("compatible"),
            fields.text("url").orElse(""),
            fields.flag("private").orElse(false),
            fields.text("apiVersion").orElse(""),
            fields.texts("models").orElse(List.of()));
    Optional<String> key = fields.text("key").map(String::strip);
    fields.refuseOthers();
    if (key.filter(String::isEmpty).isPresent()) {
      throw new InvalidRequest("key is empty; leave it out where none is asked for.", "key");
    }
    exchange.json(201, shown(upstreams.add(described, key)));
  }

  /// Not while a route leads there: its workload would fail at the next request.
  private void remove(Exchange exchange) {
    Principal admin = Administrators.require(exchange);
    String name = exchange.path("upstream");
    workloads.requireUnused(admin, name);
    upstreams.remove(name);
    exchange.noContent();
  }

  private void test(Exchange exchange) throws IOException {
    Administrators.require(exchange);
    new Fields(exchange.body()).refuseOthers();
    ObjectNode body = Json.object();
    models(body.putArray("models"), upstreams.test(exchange.path("upstream")));
    exchange.json(200, body);
  }

  private static ObjectNode shown(UpstreamShelf.Shown one) {
    ObjectNode json =
        Json.object()
            .put("name", one.name())
            .put("kind", one.kind())
            .put("url", one.address())
            .put("private", one.inOwnNetwork())
            .put("apiVersion", one.apiVersion().isEmpty() ? null : one.apiVersion())
            .put("keyed", one.keyed());
    models(json.putArray("models"), one.models());
    return json;
  }

  private static void models(ArrayNode array, List<UpstreamShelf.Model> models) {
    for (UpstreamShelf.Model one : models) {
      array
          .addObject()
          .put("name", one.name())
          .put("contextLength", one.contextLength())
          .put("shutdown", one.shutdown().map(Object::toString).orElse(null));
    }
  }
}
