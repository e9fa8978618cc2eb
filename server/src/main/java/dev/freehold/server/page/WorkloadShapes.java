package dev.freehold.server.page;

import dev.freehold.governance.egress.EgressRecord;
import dev.freehold.server.http.Json;
import dev.freehold.workload.Exchange;
import dev.freehold.workload.Quality;
import dev.freehold.workload.QualitySeen;
import dev.freehold.workload.Route;
import dev.freehold.workload.Switched;
import dev.freehold.workload.Workload;
import dev.freehold.workload.Workloads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The JSON of workloads, as `docs/http-api.md` has it.
final class WorkloadShapes {

  private WorkloadShapes() {}

  static ObjectNode workload(Workload workload) {
    Route route = workload.route();
    ObjectNode json = Json.object().put("name", workload.name());
    ObjectNode way = json.putObject("route").put("incumbent", route.incumbent());
    way.put("candidate", route.candidate().orElse(null))
        .put("stage", route.stage().word())
        .put("share", route.share())
        .put("summary", route.summary());
    ArrayNode fallbacks = way.putArray("fallbacks");
    route.fallbacks().forEach(fallbacks::add);
    json.put("capture", workload.capture().mode().word())
        .put("retentionDays", workload.capture().retention().toDays())
        .put("sensitivity", workload.sensitivity().name().toLowerCase(Locale.ROOT))
        .put("form", workload.form().word());
    json.putObject("guards")
        .put("errors", workload.guards().errors())
        .put("invalid", workload.guards().invalid())
        .put("refusals", workload.guards().refusals())
        .put("seconds", seconds(workload.guards().latency()));
    Quality quality = workload.quality();
    json.putObject("quality")
        .put("grader", quality.grader())
        .put("judge", quality.judge().isEmpty() ? null : quality.judge())
        .put("least", quality.least())
        .put("seconds", quality.every().toSeconds())
        .put("cases", quality.cases());
    ObjectNode prices = json.putObject("prices");
    new TreeMap<>(workload.prices())
        .forEach((model, price) ->
            prices
                .putObject(model)
                .put("prompt", price.prompt())
                .put("cached", price.cached())
                .put("completion", price.completion()));
    return json;
  }

  static ObjectNode switched(Switched switched) {
    return Json.object()
        .put("at", switched.at().toString())
        .put("actor", switched.actorName())
        .put("byItself", switched.actor().equals(Switched.GUARDS))
        .put("before", switched.before())
        .put("after", switched.after())
        .put("reason", switched.reason())
        .put("verdict", switched.verdict().isEmpty() ? null : switched.verdict());
  }

  static ObjectNode live(Workloads.Live live) {
    ObjectNode json = Json.object().put("dropped", live.dropped());
    ArrayNode figures = json.putArray("figures");
    live.figures()
        .forEach(one ->
            figures
                .addObject()
                .put("part", one.part().name().toLowerCase(Locale.ROOT))
                .put("count", one.count())
                .put("failed", one.failed())
                .put("invalid", one.invalid())
                .put("refused", one.refused())
                .put("medianSeconds", seconds(one.half()))
                .put("p95Seconds", seconds(one.most()))
                .put("cost", one.cost()));
    QualitySeen quality = live.quality();
    json.putObject("quality")
        .put("graded", quality.graded())
        .put("mean", quality.mean())
        .put("low", quality.low())
        .put("high", quality.high())
        .put("waiting", quality.waiting())
        .put("problem", quality.problem().isEmpty() ? null : quality.problem());
    ArrayNode recent = json.putArray("recent");
    live.recent().forEach(one -> recent.add(exchange(one)));
    return json;
  }

  static ObjectNode exchange(Exchange exchange) {
    ObjectNode json =
        Json.object()
            .put("id", exchange.id())
            .put("at", exchange.at().toString())
            .put("principal", exchange.principal())
            .put("model", exchange.model())
            .put("part", exchange.part().name().toLowerCase(Locale.ROOT))
            .put("of", exchange.of().isEmpty() ? null : exchange.of())
            .put("outcome", exchange.outcome().name().toLowerCase(Locale.ROOT))
            .put("problem", exchange.problem().isEmpty() ? null : exchange.problem())
            .put("seconds", seconds(exchange.took()))
            .put("timeToFirstWord", seconds(exchange.firstWord()))
            .put("promptTokens", exchange.promptTokens())
            .put("completionTokens", exchange.completionTokens())
            .put("cost", exchange.cost())
            .put("valid", exchange.valid())
            .put("refused", exchange.refused())
            .put("mayTrain", exchange.mayTrain());
    if (exchange.request().isEmpty()) {
      return json.putNull("messages").putNull("responseFormat").putNull("answer");
    }
    json.set("messages", Json.read(exchange.request().getBytes(StandardCharsets.UTF_8)));
    if (exchange.format().isEmpty()) {
      json.putNull("responseFormat");
    } else {
      json.set("responseFormat", Json.read(exchange.format().getBytes(StandardCharsets.UTF_8)));
    }
    return json.put("answer", exchange.answer());
  }

  static ObjectNode egress(EgressRecord entry) {
    ObjectNode json =
        Json.object()
            .put("id", entry.id())
            .put("at", entry.at().toString())
            .put("principal", entry.principal())
            .put("workload", entry.workload().isEmpty() ? null : entry.workload())
            .put("origin", entry.origin())
            .put("model", entry.model())
            .put("bytes", entry.bytes())
            .put("decision", entry.decision().name().toLowerCase(Locale.ROOT));
    ArrayNode found = json.putArray("found");
    entry.found().forEach(found::add);
    return json;
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
