package dev.freehold.workload;

import dev.freehold.chat.Sensitivity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A workload's settings as they are kept.
final class WorkloadJson {

  private WorkloadJson() {}

  static String write(Workload workload) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    Route route = workload.route();
    ObjectNode way = json.putObject("route").put("incumbent", route.incumbent());
    ArrayNode fallbacks = way.putArray("fallbacks");
    route.fallbacks().forEach(fallbacks::add);
    route.candidate().ifPresent(one -> way.put("candidate", one));
    way.put("stage", route.stage().name()).put("share", route.share());
    json.put("capture", workload.capture().mode().name())
        .put("retention", workload.capture().retention().toSeconds())
        .put("sensitivity", workload.sensitivity().name())
        .put("form", workload.form().name());
    Guards guards = workload.guards();
    json.putObject("guards")
        .put("errors", guards.errors())
        .put("invalid", guards.invalid())
        .put("refusals", guards.refusals())
        .put("latency", guards.latency().toNanos());
    ObjectNode prices = json.putObject("prices");
    workload
        .prices()
        .forEach((model, price) ->
            prices
                .putObject(model)
                .put("prompt", price.prompt())
                .put("cached", price.cached())
                .put("completion", price.completion()));
    Quality quality = workload.quality();
    json.putObject("quality")
        .put("grader", quality.grader())
        .put("judge", quality.judge())
        .put("pinned", quality.pinned())
        .put("least", quality.least())
        .put("every", quality.every().toNanos())
        .put("cases", quality.cases());
    return Json.MAPPER.writeValueAsString(json);
  }

  /// Workloads from before quality was watched have none.
  private static Quality quality(JsonNode json) {
    return json.isMissingNode()
        ? Quality.OFF
        : new Quality(
            json.get("grader").stringValue(),
            json.get("judge").stringValue(),
            json.get("pinned").stringValue(),
            json.get("least").doubleValue(),
            Duration.ofNanos(json.get("every").longValue()),
            json.get("cases").intValue());
  }

  static Workload read(String name, String settings) {
    JsonNode json = Json.MAPPER.readTree(settings);
    JsonNode way = json.get("route");
    List<String> fallbacks = new ArrayList<>();
    way.get("fallbacks").forEach(one -> fallbacks.add(one.stringValue()));
    JsonNode guards = json.get("guards");
    Map<String, Price> prices = new HashMap<>();
    json.get("prices")
        .properties()
        .forEach(one ->
            prices.put(
                one.getKey(),
                new Price(
                    one.getValue().get("prompt").doubleValue(),
                    one.getValue().get("cached").doubleValue(),
                    one.getValue().get("completion").doubleValue())));
    return new Workload(
        name,
        new Route(
            way.get("incumbent").stringValue(),
            fallbacks,
            Optional.ofNullable(way.get("candidate")).map(JsonNode::stringValue),
            Stage.valueOf(way.get("stage").stringValue()),
            way.get("share").doubleValue()),
        new CapturePolicy(
            CapturePolicy.Mode.valueOf(json.get("capture").stringValue()),
            Duration.ofSeconds(json.get("retention").longValue())),
        Sensitivity.valueOf(json.get("sensitivity").stringValue()),
        Form.valueOf(json.get("form").stringValue()),
        new Guards(
            guards.get("errors").doubleValue(),
            guards.get("invalid").doubleValue(),
            guards.get("refusals").doubleValue(),
            Duration.ofNanos(guards.get("latency").longValue())),
        prices,
        quality(json.path("quality")));
  }
}
