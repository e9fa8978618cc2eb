package dev.freehold.server.page;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import dev.freehold.evaluation.GraderNames;
import dev.freehold.evaluation.ProofSettings;
import dev.freehold.proving.Benchmarks.Review;
import dev.freehold.proving.ProofRunner;
import dev.freehold.proving.Proofs;
import dev.freehold.proving.Terms;
import dev.freehold.proving.Watches;
import dev.freehold.server.http.Exchange;
import dev.freehold.server.http.Fields;
import dev.freehold.server.http.Json;
import dev.freehold.server.http.Refusal;
import dev.freehold.server.http.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Benchmarks of workloads, the golds people give them, proofs and watches: for administrators. To
/// everybody else these routes look like routes that do not exist.
///
/// Safe for use by many threads at once.
public final class ProofRoutes {

  /// A report is shown in a frame of the page: its own style, no script, nothing from elsewhere.
  private static final String REPORT_POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

  private final Proofs proofs;
  private final ProofRunner runner;
  private final Watches watches;

  /// @param proofs what was proved
  /// @param runner runs proofs
  /// @param watches what is watched
  public ProofRoutes(Proofs proofs, ProofRunner runner, Watches watches) {
    this.proofs = proofs;
    this.runner = runner;
    this.watches = watches;
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/workloads/{workload}/benchmark", this::benchmark),
        Route.of("POST", "/api/workloads/{workload}/benchmark", this::draw),
        Route.of("GET", "/api/workloads/{workload}/golds", this::golds),
        Route.of("POST", "/api/workloads/{workload}/golds/{case}", this::review),
        Route.of("POST", "/api/workloads/{workload}/plan", this::plan),
        Route.of("GET", "/api/workloads/{workload}/proofs", this::list),
        Route.of("POST", "/api/workloads/{workload}/proofs", this::start),
        Route.of("GET", "/api/workloads/{workload}/watch", this::watched),
        Route.of("POST", "/api/workloads/{workload}/watch", this::watch),
        Route.of("DELETE", "/api/workloads/{workload}/watch", this::unwatch),
        Route.of("POST", "/api/workloads/{workload}/looks", this::look),
        Route.of("GET", "/api/workloads/{workload}/watch/report", this::history),
        Route.of("GET", "/api/proofs/{proof}", this::show),
        Route.of("DELETE", "/api/proofs/{proof}", this::stop),
        Route.of("GET", "/api/proofs/{proof}/report", this::report),
        Route.of("GET", "/api/proofs/{proof}/report.pdf", this::pdf),
        Route.of("GET", "/api/proofs/{proof}/evidence.zip", this::evidence));
  }

  private static Principal administrator(Exchange exchange) {
    if (!exchange.principal().administrator()) {
      throw new Refusal(
          404, "unknown_route", "There is no such route. docs/http-api.md lists those there are.");
    }
    return exchange.principal();
  }

  private void benchmark(Exchange exchange) {
    Principal admin = administrator(exchange);
    ObjectNode body = Json.object();
    proofs
        .benchmarks()
        .current(admin, exchange.path("workload"))
        .ifPresent(one -> body.set("benchmark", ProofShapes.benchmark(one)));
    exchange.json(200, body);
  }

  private void draw(Exchange exchange) throws IOException {
    Principal admin = administrator(exchange);
    String workload = exchange.path("workload");
    proofs.workload(admin, workload);
    var fields = new Fields(exchange.body());
    OptionalInt cases = fields.whole("cases", 1, 20_000);
    String grader = fields.text("grader").orElse("similarity");
    Optional<String> since = fields.text("since");
    fields.refuseOthers();
    exchange.json(
        201,
        ProofShapes.benchmark(
            proofs
                .benchmarks()
                .draw(
                    admin,
                    workload,
                    cases.orElse(500),
                    GraderNames.parse(grader),
                    since.map(ProofRoutes::instant).orElse(Instant.EPOCH),
                    1)));
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new InvalidRequest(
          "since takes a time such as 2026-11-24T20:00:00Z, not \"%s\".".formatted(text), "since");
    }
  }

  private void golds(Exchange exchange) {
    Principal admin = administrator(exchange);
    ObjectNode body = Json.object();
    ArrayNode array = body.putArray("golds");
    proofs
        .benchmarks()
        .cases(admin, exchange.path("workload"))
        .forEach(one -> array.add(ProofShapes.gold(one)));
    exchange.json(200, body);
  }

  private void review(Exchange exchange) throws IOException {
    Principal admin = administrator(exchange);
    String workload = exchange.path("workload");
    proofs.workload(admin, workload);
    var fields = new Fields(exchange.body());
    Optional<List<String>> golds = fields.texts("golds");
    String say = fields.text("say").orElse(golds.isPresent() ? "golds" : "");
    fields.refuseOthers();
    Review review =
        switch (say) {
          case "golds" -> new Review.Golds(golds.orElse(List.of()));
          case "accept" -> new Review.Accept();
          case "skip" -> new Review.Skip();
          case "reopen" -> new Review.Reopen();
          default -> throw new InvalidRequest("Give golds, or say accept, skip or reopen.", "say");
        };
    exchange.json(
        200,
        ProofShapes.gold(
            proofs.benchmarks().review(admin, workload, exchange.path("case"), review)));
  }

  private static Terms terms(Fields fields) {
    List<String> candidates = fields.texts("candidates").orElse(List.of());
    double margin = fields.number("margin").orElse(3);
    int tokens = fields.whole("maxTokens", 1, 8_192).orElse(256);
    boolean control = fields.flag("control").orElse(true);
    Terms terms =
        Terms.of(
                candidates,
                ProofSettings.standard(margin / 100).withMaxTokens(tokens).withControl(control))
            .withModelGolds(fields.flag("modelGolds").orElse(false))
            .withJudge(fields.text("judge"), false)
            .withCollections(Set.copyOf(fields.texts("collections").orElse(List.of())));
    fields.refuseOthers();
    return terms;
  }

  private void plan(Exchange exchange) throws IOException {
    Principal admin = administrator(exchange);
    String workload = exchange.path("workload");
    proofs.workload(admin, workload);
    Terms terms = terms(new Fields(exchange.body()));
    exchange.json(
        200, ProofShapes.outlook(proofs.outlook(admin, workload, terms, Optional.empty())));
  }

  private void list(Exchange exchange) {
    Principal admin = administrator(exchange);
    ObjectNode body = Json.object();
    ArrayNode array = body.putArray("proofs");
    proofs.of(admin, exchange.path("workload")).forEach(one -> array.add(ProofShapes.proof(one)));
    exchange.json(200, body);
  }

  private void start(Exchange exchange) throws IOException {
    Principal admin = administrator(exchange);
    String workload = exchange.path("workload");
    proofs.workload(admin, workload);
    Terms terms = terms(new Fields(exchange.body()));
    exchange.json(202, ProofShapes.proof(runner.start(admin, workload, terms)));
  }

  private void show(Exchange exchange) {
    Principal admin = administrator(exchange);
    exchange.json(200, ProofShapes.proof(proofs.get(admin, exchange.path("proof"))));
  }

  private void stop(Exchange exchange) {
    proofs.stop(administrator(exchange), exchange.path("proof"));
    exchange.noContent();
  }

  private void report(Exchange exchange) {
    page(exchange, proofs.file(administrator(exchange), exchange.path("proof"), "report.html"));
  }

  private static void page(Exchange exchange, byte[] html) {
    exchange.set("cache-control", "no-store");
    exchange.set("content-security-policy", REPORT_POLICY);
    exchange.set("x-frame-options", "SAMEORIGIN");
    exchange.bytes(200, "text/html; charset=utf-8", html);
  }

  private void pdf(Exchange exchange) {
    download(exchange, "report.pdf", "application/pdf");
  }

  private void evidence(Exchange exchange) {
    download(exchange, "evidence.zip", "application/zip");
  }

  private void download(Exchange exchange, String name, String type) {
    byte[] file = proofs.file(administrator(exchange), exchange.path("proof"), name);
    exchange.set("cache-control", "no-store");
    exchange.set("content-disposition", "attachment; filename=\"%s\"".formatted(name));
    exchange.bytes(200, type, file);
  }

  private void watched(Exchange exchange) {
    Principal admin = administrator(exchange);
    String workload = exchange.path("workload");
    ObjectNode body = Json.object();
    watches.of(admin, workload).ifPresent(one -> body.set("watch", ProofShapes.watch(one)));
    ArrayNode looks = body.putArray("looks");
    watches.looks(admin, workload).forEach(one -> looks.add(ProofShapes.look(one)));
    exchange.json(200, body);
  }

  private void watch(Exchange exchange) throws IOException {
    Principal admin = administrator(exchange);
    String workload = exchange.path("workload");
    proofs.workload(admin, workload);
    var fields = new Fields(exchange.body());
    Optional<String> candidate = fields.text("candidate");
    int hours = fields.whole("everyHours", 1, 366 * 24).orElse(7 * 24);
    double margin = fields.number("margin").orElse(3);
    int cases = fields.whole("cases", 1, 2_000).orElse(50);
    Watches.Way how =
        Watches.Way.of(Duration.ofHours(hours), margin / 100, cases)
            .withModelGolds(fields.flag("modelGolds").orElse(false))
            .withJudge(fields.text("judge"))
            .withCollections(Set.copyOf(fields.texts("collections").orElse(List.of())));
    fields.refuseOthers();
    exchange.json(200, ProofShapes.watch(watches.watch(admin, workload, candidate, how)));
  }

  private void unwatch(Exchange exchange) {
    watches.end(administrator(exchange), exchange.path("workload"));
    exchange.noContent();
  }

  private void look(Exchange exchange) {
    Principal admin = administrator(exchange);
    exchange.json(200, ProofShapes.look(watches.look(admin, exchange.path("workload"))));
  }

  private void history(Exchange exchange) {
    String report = watches.report(administrator(exchange), exchange.path("workload"));
    page(exchange, report.getBytes(StandardCharsets.UTF_8));
  }
}
