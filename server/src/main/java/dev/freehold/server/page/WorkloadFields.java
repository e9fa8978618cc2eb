package dev.freehold.server.page;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Sensitivity;
import dev.freehold.server.http.Fields;
import dev.freehold.workload.CapturePolicy;
import dev.freehold.workload.Form;
import dev.freehold.workload.Guards;
import dev.freehold.workload.Price;
import dev.freehold.workload.Quality;
import dev.freehold.workload.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The settings of a workload in a request: those that are given change, the others stay.
final class WorkloadFields {

  private WorkloadFields() {}

  static UnaryOperator<Workload> settings(Fields fields) {
    Optional<CapturePolicy.Mode> mode = fields.text("capture").map(CapturePolicy.Mode::of);
    OptionalInt days = fields.whole("retentionDays", 1, 3650);
    Optional<Form> form = fields.text("form").map(Form::of);
    Optional<Sensitivity> sensitivity = fields.text("sensitivity").map(WorkloadFields::sensitivity);
    Optional<List<String>> fallbacks = fields.texts("fallbacks");
    Optional<UnaryOperator<Guards>> guards = fields.any("guards").map(WorkloadFields::guards);
    Optional<Map<String, Price>> prices = fields.any("prices").map(WorkloadFields::prices);
    Optional<UnaryOperator<Quality>> quality = fields.any("quality").map(WorkloadFields::quality);
    return before -> {
      CapturePolicy capture =
          new CapturePolicy(
              mode.orElse(before.capture().mode()),
              days.isPresent() ? Duration.ofDays(days.getAsInt()) : before.capture().retention());
      Workload after = before.withCapture(capture);
      after = form.map(after::withForm).orElse(after);
      after = sensitivity.map(after::withSensitivity).orElse(after);
      after = prices.map(after::withPrices).orElse(after);
      if (guards.isPresent()) {
        after = after.withGuards(guards.get().apply(after.guards()));
      }
      if (quality.isPresent()) {
        after = after.withQuality(quality.get().apply(after.quality()));
      }
      return fallbacks.isPresent()
          ? after.withRoute(after.route().withFallbacks(fallbacks.get()))
          : after;
    };
  }

  private static Sensitivity sensitivity(String word) {
    for (Sensitivity one : Sensitivity.values()) {
      if (one.name().toLowerCase(Locale.ROOT).equals(word)) {
        return one;
      }
    }
    throw new InvalidRequest(
        "sensitivity is public, internal or secret, not \"%s\".".formatted(word), "sensitivity");
  }

  private static UnaryOperator<Guards> guards(JsonNode node) {
    Fields fields = Fields.inside(node, "guards");
    OptionalDouble errors = fields.number("errors");
    OptionalDouble invalid = fields.number("invalid");
    OptionalDouble refusals = fields.number("refusals");
    OptionalDouble seconds = fields.number("seconds");
    fields.refuseOthers();
    if (seconds.isPresent() && !(seconds.getAsDouble() > 0 && seconds.getAsDouble() <= 86_400)) {
      throw new InvalidRequest("guards.seconds is more than 0, at most 86400.", "guards.seconds");
    }
    return before ->
        new Guards(
            errors.orElse(before.errors()),
            invalid.orElse(before.invalid()),
            refusals.orElse(before.refusals()),
            seconds.isPresent()
                ? Duration.ofNanos((long) (seconds.getAsDouble() * 1e9))
                : before.latency());
  }

  private static UnaryOperator<Quality> quality(JsonNode node) {
    Fields fields = Fields.inside(node, "quality");
    // A grader is its type, or an object with its settings.
    Optional<String> grader =
        fields
            .any("grader")
            .map(it -> it.isObject() ? it.toString() : Fields.text(it, "quality.grader"));
    Optional<String> judge = fields.text("judge");
    OptionalDouble least = fields.number("least");
    OptionalInt seconds = fields.whole("seconds", 1, 30 * 86_400);
    OptionalInt cases = fields.whole("cases", 1, 1000);
    fields.refuseOthers();
    return before ->
        new Quality(
            grader.orElse(before.grader()),
            judge.orElse(before.judge()),
            "",
            least.orElse(before.least()),
            seconds.isPresent() ? Duration.ofSeconds(seconds.getAsInt()) : before.every(),
            cases.orElse(before.cases()));
  }

  private static Map<String, Price> prices(JsonNode node) {
    if (!(node instanceof ObjectNode object) || object.size() > 100) {
      throw new InvalidRequest(
          "prices is an object with up to 100 models, each with prompt, cached and completion.",
          "prices");
    }
    Map<String, Price> prices = new TreeMap<>();
    for (Map.Entry<String, JsonNode> one : object.properties()) {
      Fields fields = Fields.inside(one.getValue(), "prices." + one.getKey());
      double prompt = required(fields, "prompt");
      double completion = required(fields, "completion");
      double cached = fields.number("cached").orElse(prompt);
      fields.refuseOthers();
      prices.put(one.getKey(), new Price(prompt, cached, completion));
    }
    return prices;
  }

  private static double required(Fields fields, String name) {
    return fields.number(name).orElseThrow(() -> fields.missing(name));
  }
}
