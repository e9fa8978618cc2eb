package dev.freehold.evaluation;

import dev.freehold.evaluation.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The parts of a proof as JSON.
final class ProofJson {

  private ProofJson() {}

  private static ObjectNode object() {
    return JsonMapper.shared().createObjectNode();
  }

  static ObjectNode write(Attempt one) {
    ObjectNode json =
        object()
            .put("contestant", one.contestant())
            .put("case", one.caseId())
            .put("run", one.run())
            .put("text", one.text());
    if (one.failed()) {
      json.put("error", one.error());
    }
    if (!one.likelihoods().isEmpty()) {
      one.likelihoods().forEach(json.putArray("likelihoods")::add);
    }
    if (!one.fingerprint().isEmpty()) {
      json.put("fingerprint", one.fingerprint());
    }
    return json.put("promptTokens", one.promptTokens())
        .put("completionTokens", one.completionTokens())
        .put("firstMillis", one.firstMillis())
        .put("millis", one.millis());
  }

  static Attempt attempt(JsonNode json) {
    List<Double> likelihoods = new ArrayList<>();
    json.path("likelihoods").forEach(one -> likelihoods.add(one.doubleValue()));
    return new Attempt(
        json.path("contestant").asString(),
        json.path("case").asString(),
        json.path("run").asInt(),
        json.path("text").asString(""),
        json.path("error").asString(""),
        likelihoods,
        json.path("promptTokens").asInt(0),
        json.path("completionTokens").asInt(0),
        json.path("firstMillis").asLong(0),
        json.path("millis").asLong(0),
        json.path("fingerprint").asString(""));
  }

  static ObjectNode write(Judgement one) {
    return object()
        .put("candidate", one.candidate())
        .put("case", one.caseId())
        .put("run", one.run())
        .put("candidateFirst", one.candidateFirst())
        .put("choice", one.choice().word())
        .put("said", one.said());
  }

  static Judgement judgement(JsonNode json) {
    return new Judgement(
        json.path("candidate").asString(),
        json.path("case").asString(),
        json.path("run").asInt(),
        json.path("candidateFirst").asBoolean(),
        Judgement.Choice.valueOf(json.path("choice").asString().toUpperCase(Locale.ROOT)),
        json.path("said").asString(""));
  }

  static ObjectNode write(ProofSettings settings) {
    return object()
        .put("margin", settings.margin())
        .put("confidence", settings.confidence())
        .put("power", settings.power())
        .put("minimum", settings.minimum())
        .put("runs", settings.runs())
        .put("temperature", settings.temperature())
        .put("maxTokens", settings.maxTokens())
        .put("control", settings.control())
        .put("seed", settings.seed());
  }

  static ProofSettings settings(JsonNode json) {
    return new ProofSettings(
        json.path("margin").asDouble(),
        json.path("confidence").asDouble(),
        json.path("power").asDouble(),
        json.path("minimum").asInt(),
        json.path("runs").asInt(),
        json.path("temperature").asDouble(),
        json.path("maxTokens").asInt(),
        json.path("control").asBoolean(),
        json.path("seed").asLong());
  }

  static ObjectNode write(Contestant one) {
    ObjectNode json =
        object()
            .put("name", one.name())
            .put("model", one.model())
            .put("digest", one.digest())
            .put("family", one.family())
            .put("leavesHouse", one.leavesHouse())
            .put("column", one.column().name().toLowerCase(Locale.ROOT))
            .put("root", one.root());
    json.putObject("price")
        .put("promptMillion", one.price().promptMillion())
        .put("completionMillion", one.price().completionMillion())
        .put("hour", one.price().hour());
    return json;
  }

  static Contestant contestant(JsonNode json) {
    JsonNode price = json.path("price");
    return new Contestant(
        json.path("name").asString(),
        json.path("model").asString(),
        json.path("digest").asString(""),
        json.path("family").asString(""),
        json.path("leavesHouse").asBoolean(),
        new Price(
            price.path("promptMillion").asDouble(),
            price.path("completionMillion").asDouble(),
            price.path("hour").asDouble()),
        Contestant.Column.valueOf(json.path("column").asString("alone").toUpperCase(Locale.ROOT)),
        json.path("root").asString(json.path("model").asString()));
  }

  static ObjectNode write(Interval interval) {
    return object().put("low", interval.low()).put("high", interval.high());
  }

  /// A verdict, as it is compared to the last digit.
  static ObjectNode write(Verdict verdict) {
    ObjectNode json =
        object()
            .put("candidate", verdict.candidate())
            .put("incumbent", verdict.incumbent())
            .put("outcome", verdict.outcome().name().toLowerCase(Locale.ROOT))
            .put("sentence", verdict.sentence())
            .put("candidateScore", verdict.candidateScore())
            .put("incumbentScore", verdict.incumbentScore());
    verdict
        .joint()
        .ifPresent(joint ->
            json.putObject("joint")
                .put("candidates", joint.candidates())
                .put("asGoodAdjusted", joint.asGoodAdjusted())
                .put("worseAdjusted", joint.worseAdjusted()));
    json.set("comparison", write(verdict.comparison()));
    verdict.moreCases().ifPresent(more -> json.put("moreCases", more));
    verdict.control().ifPresent(control -> json.set("control", write(control)));
    verdict
        .slices()
        .forEach(slice ->
            json.withArray("slices")
                .addObject()
                .put("slice", slice.name())
                .put("finding", slice.finding().name().toLowerCase(Locale.ROOT))
                .put("worseAdjusted", slice.worseAdjusted())
                .put("asGoodAdjusted", slice.asGoodAdjusted())
                .set("comparison", write(slice.comparison())));
    verdict.notes().forEach(json.putArray("notes")::add);
    return json;
  }

  private static ObjectNode write(Comparison comparison) {
    ObjectNode json =
        object()
            .put("cases", comparison.cases())
            .put("clusters", comparison.clusters())
            .put("difference", comparison.difference())
            .put("method", comparison.method())
            .put("standardError", comparison.standardError())
            .put("nonInferiority", comparison.nonInferiority())
            .put("inferiority", comparison.inferiority())
            .put("noDifference", comparison.noDifference());
    json.set("interval", write(comparison.interval()));
    return json;
  }
}
