package dev.freehold.server.page;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import dev.freehold.governance.egress.EgressLog;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Route;
import dev.freehold.workload.Stage;
import dev.freehold.workload.Workload;
import dev.freehold.workload.Workloads;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/api/workloads`, `/api/egress` and the erasing of a person's exchanges: for administrators. To
/// everybody else these routes look like routes that do not exist.
///
/// Safe for use by many threads at once.
public final class WorkloadRoutes {

  private static final int PAGE = 100;

  private final Workloads workloads;
  private final EgressLog egress;

  /// @param workloads what is managed
  /// @param egress what left
  public WorkloadRoutes(Workloads workloads, EgressLog egress) {
    this.workloads = workloads;
    this.egress = egress;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/workloads", this::list),
        Route.of("POST", "/api/workloads", this::create),
        Route.of("GET", "/api/workloads/{workload}", this::show),
        Route.of("PATCH", "/api/workloads/{workload}", this::change),
        Route.of("DELETE", "/api/workloads/{workload}", this::remove),
        Route.of("POST", "/api/workloads/{workload}/switch", this::changeRoute),
        Route.of("GET", "/api/workloads/{workload}/exchanges", this::exchanges, "before"),
        Route.of("POST", "/api/workloads/{workload}/training-rights", this::permit),
        Route.of("DELETE", "/api/principals/{principal}/exchanges", this::erase),
        Route.of("GET", "/api/egress", this::egress));
  }

  private void list(Exchange exchange) {
    Principal admin = Administrators.require(exchange);
    ObjectNode body = Json.object();
    ArrayNode array = body.putArray("workloads");
    workloads.list(admin).forEach(one -> array.add(WorkloadShapes.workload(one)));
    exchange.json(200, body);
  }

  private void create(Exchange exchange) throws IOException {
    Principal admin = Administrators.require(exchange);
    var fields = new Fields(exchange.body());
    Workload fresh = Workload.of(fields.requiredText("name"), fields.requiredText("incumbent"));
    Workload made = WorkloadFields.settings(fields).apply(fresh);
    fields.refuseOthers();
    workloads.create(admin, made);
    exchange.json(201, WorkloadShapes.workload(made));
  }

  private void show(Exchange exchange) {
    Principal admin = Administrators.require(exchange);
    String name = exchange.path("workload");
    ObjectNode body = WorkloadShapes.workload(workloads.get(admin, name));
    ArrayNode history = body.putArray("history");
    workloads.history(admin, name).forEach(one -> history.add(WorkloadShapes.switched(one)));
    body.set("live", WorkloadShapes.live(workloads.live(admin, name)));
    exchange.json(200, body);
  }

  private void change(Exchange exchange) throws IOException {
    Principal admin = Administrators.require(exchange);
    String name = exchange.path("workload");
    workloads.get(admin, name);
    var fields = new Fields(exchange.body());
    UnaryOperator<Workload> change = WorkloadFields.settings(fields);
    fields.refuseOthers();
    exchange.json(200, WorkloadShapes.workload(workloads.change(admin, name, change)));
  }

  private void changeRoute(Exchange exchange) throws IOException {
    Principal admin = Administrators.require(exchange);
    String name = exchange.path("workload");
    workloads.get(admin, name);
    var fields = new Fields(exchange.body());
    Stage stage = stage(fields.requiredText("stage"));
    Optional<String> to = fields.text("to");
    double share = fields.number("share").orElse(0);
    String reason = fields.text("reason").orElse("");
    String verdict = fields.text("verdict").orElse("");
    fields.refuseOthers();
    exchange.json(
        200,
        WorkloadShapes.workload(
            workloads.switchTo(admin, name, stage, to, share, reason, verdict)));
  }

  private static Stage stage(String word) {
    for (Stage one : Stage.values()) {
      if (one.word().equals(word)) {
        return one;
      }
    }
    throw new InvalidRequest(
        "stage is incumbent, shadow, canary or full, not \"%s\".".formatted(word), "stage");
  }

  private void remove(Exchange exchange) {
    workloads.remove(Administrators.require(exchange), exchange.path("workload"));
    exchange.noContent();
  }

  private void exchanges(Exchange exchange) {
    Principal admin = Administrators.require(exchange);
    ObjectNode body = Json.object();
    ArrayNode array = body.putArray("exchanges");
    workloads
        .exchanges(admin, exchange.path("workload"), exchange.query("before"), PAGE)
        .forEach(one -> array.add(WorkloadShapes.exchange(one)));
    exchange.json(200, body);
  }

  private void permit(Exchange exchange) throws IOException {
    Principal admin = Administrators.require(exchange);
    String name = exchange.path("workload");
    workloads.get(admin, name);
    var fields = new Fields(exchange.body());
    List<String> ids = fields.texts("exchanges").orElseThrow(() -> fields.missing("exchanges"));
    boolean may = fields.flag("mayTrain").orElseThrow(() -> fields.missing("mayTrain"));
    fields.refuseOthers();
    exchange.json(
        200,
        Json.object().put("changed", workloads.permitTraining(admin, name, Set.copyOf(ids), may)));
  }

  private void erase(Exchange exchange) {
    Principal admin = Administrators.require(exchange);
    exchange.json(
        200, Json.object().put("erased", workloads.erase(admin, exchange.path("principal"))));
  }

  private void egress(Exchange exchange) {
    Principal admin = Administrators.require(exchange);
    ObjectNode body = Json.object();
    ArrayNode array = body.putArray("egress");
    egress.newest(admin, PAGE).forEach(one -> array.add(WorkloadShapes.egress(one)));
    exchange.json(200, body);
  }
}
