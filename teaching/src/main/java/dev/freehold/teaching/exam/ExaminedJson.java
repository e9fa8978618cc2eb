package dev.freehold.teaching.exam;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What an exam found, as JSON: for the page, the record of an adapter, and people's scripts.
public final class ExaminedJson {

  private ExaminedJson() {}

  /// As JSON.
  public static String write(Examined examined) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    ArrayNode matrix = json.putArray("matrix");
    for (ExamItem.Group group : ExamItem.Group.values()) {
      for (Column column : Column.values()) {
        examined
            .standing(group, column)
            .filter(standing -> standing.asked() > 0)
            .ifPresent(standing -> matrix.add(standing(group, column, standing)));
      }
    }
    examined
        .adapterBesideDocuments()
        .ifPresent(one ->
            json.putObject("adapterBesideDocuments")
                .put("cases", one.cases())
                .put("difference", one.difference())
                .put("low", one.low())
                .put("high", one.high()));
    examined.heldOut().ifPresent(one -> heldOut(json.putObject("heldOut"), one));
    json.putObject("forgetting")
        .put("basePerplexity", examined.basePerplexity())
        .put("adapterPerplexity", examined.adapterPerplexity())
        .put("knownBefore", examined.knownBefore())
        .put("knownStill", examined.knownStill())
        .put("agreement", examined.agreement());
    ArrayNode gates = json.putArray("gates");
    examined
        .gates()
        .forEach(gate ->
            gates
                .addObject()
                .put("name", gate.name())
                .put("demand", gate.demand())
                .put("found", gate.found())
                .put("outcome", gate.outcome().name().toLowerCase(Locale.ROOT)));
    return json.toString();
  }

  private static void heldOut(ObjectNode json, HeldOut heldOut) {
    json.put("tooLong", heldOut.tooLong());
    switch (heldOut) {
      case HeldOut.Answers answers -> {
        comparison(json.putObject("surprise"), answers.surprise());
        comparison(json.putObject("words"), answers.words());
      }
      case HeldOut.Pairs pairs -> {
        comparison(json.putObject("margin"), pairs.margin());
        comparison(json.putObject("likelier"), pairs.likelier());
      }
    }
  }

  // JSON has no infinity: an interval that says nothing is left out.
  private static void comparison(ObjectNode json, Comparison one) {
    json.put("cases", one.cases()).put("conversations", one.conversations());
    json.put("before", one.before()).put("after", one.after());
    if (one.measured()) {
      json.put("low", one.low()).put("high", one.high());
    }
  }

  private static Optional<HeldOut> heldOut(JsonNode json) {
    if (json.isMissingNode()) {
      return Optional.empty();
    }
    int tooLong = json.path("tooLong").intValue();
    return Optional.of(
        json.has("margin")
            ? new HeldOut.Pairs(
                comparison(json.path("margin")), comparison(json.path("likelier")), tooLong)
            : new HeldOut.Answers(
                comparison(json.path("surprise")), comparison(json.path("words")), tooLong));
  }

  private static Comparison comparison(JsonNode json) {
    return new Comparison(
        json.path("cases").intValue(),
        json.path("conversations").intValue(),
        json.path("before").doubleValue(),
        json.path("after").doubleValue(),
        json.has("low") ? json.path("low").doubleValue() : Double.NEGATIVE_INFINITY,
        json.has("high") ? json.path("high").doubleValue() : Double.POSITIVE_INFINITY);
  }

  private static ObjectNode standing(ExamItem.Group group, Column column, Standing standing) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("group", group.word())
        .put("column", column.word())
        .put("asked", standing.asked())
        .put("right", standing.right())
        .put("accuracy", standing.accuracy())
        .put("surprise", standing.surprise())
        .put("spoken", standing.spoken())
        .put("contains", standing.contains())
        .put("f1", standing.f1());
  }

  /// Reads what [#write] wrote.
  public static Examined read(byte[] bytes) {
    JsonNode json = JsonMapper.shared().readTree(bytes);
    Map<ExamItem.Group, Map<Column, Standing>> standings = new EnumMap<>(ExamItem.Group.class);
    for (JsonNode row : json.path("matrix")) {
      ExamItem.Group group =
          ExamItem.Group.valueOf(row.path("group").stringValue().toUpperCase(Locale.ROOT));
      standings
          .computeIfAbsent(group, _ -> new EnumMap<>(Column.class))
          .put(
              column(row.path("column").stringValue()),
              new Standing(
                  row.path("asked").intValue(),
                  row.path("right").intValue(),
                  row.path("surprise").doubleValue(),
                  row.path("spoken").intValue(),
                  row.path("contains").doubleValue(),
                  row.path("f1").doubleValue()));
    }
    List<Gate> gates = new ArrayList<>();
    for (JsonNode gate : json.path("gates")) {
      gates.add(
          new Gate(
              gate.path("name").stringValue(),
              gate.path("demand").stringValue(),
              gate.path("found").stringValue(),
              Gate.Outcome.valueOf(gate.path("outcome").stringValue().toUpperCase(Locale.ROOT))));
    }
    JsonNode forgetting = json.path("forgetting");
    return new Examined(
        standings,
        difference(json.path("adapterBesideDocuments")),
        heldOut(json.path("heldOut")),
        forgetting.path("basePerplexity").doubleValue(),
        forgetting.path("adapterPerplexity").doubleValue(),
        forgetting.path("knownBefore").intValue(),
        forgetting.path("knownStill").intValue(),
        forgetting.path("agreement").doubleValue(),
        gates);
  }

  private static Optional<Examined.Difference> difference(JsonNode json) {
    return json.isMissingNode()
        ? Optional.empty()
        : Optional.of(
            new Examined.Difference(
                json.path("cases").intValue(),
                json.path("difference").doubleValue(),
                json.path("low").doubleValue(),
                json.path("high").doubleValue()));
  }

  private static Column column(String word) {
    for (Column column : Column.values()) {
      if (column.word().equals(word)) {
        return column;
      }
    }
    throw new IllegalArgumentException("No column is called " + word + ".");
  }
}
