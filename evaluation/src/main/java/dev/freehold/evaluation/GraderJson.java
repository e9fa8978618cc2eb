package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unsupported;
import dev.freehold.evaluation.grader.Grader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Graders as JSON: `{"type": "number", "absolute": 0.01}`, or the bare type where it has no
/// settings.
final class GraderJson {

  static final String TYPES =
      "exact, normalised, contains, regex, number, json, set-f1, chrf, rouge-l, similarity, refusal,"
          + " citations, program, judge, people, likelihood";

  private GraderJson() {}

  static ObjectNode write(Grader grader) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    switch (grader) {
      case Grader.Exact _ -> json.put("type", "exact");
      case Grader.Normalised _ -> json.put("type", "normalised");
      case Grader.Contains _ -> json.put("type", "contains");
      case Grader.Matches matches -> json.put("type", "regex").put("pattern", matches.pattern());
      case Grader.NumberWithin within ->
          json.put("type", "number")
              .put("absolute", within.absolute())
              .put("relative", within.relative());
      case Grader.JsonFields fields -> {
        json.put("type", "json").put("tolerance", fields.tolerance());
        fields.fields().forEach(json.putArray("fields")::add);
      }
      case Grader.SetF1 _ -> json.put("type", "set-f1");
      case Grader.ChrF _ -> json.put("type", "chrf");
      case Grader.RougeL _ -> json.put("type", "rouge-l");
      case Grader.Similarity similarity ->
          json.put("type", "similarity").put("threshold", similarity.threshold());
      case Grader.Refusal _ -> json.put("type", "refusal");
      case Grader.Citations _ -> json.put("type", "citations");
      case Grader.Program program -> {
        json.put("type", "program").put("seconds", program.limit().toMillis() / 1000.0);
        program.command().forEach(json.putArray("command")::add);
      }
      case Grader.Judge judge -> json.put("type", "judge").put("rubric", judge.rubric());
      case Grader.People _ -> json.put("type", "people");
      case Grader.Likelihood likelihood ->
          json.put("type", "likelihood").put("normalised", likelihood.normalised());
    }
    return json;
  }

  /// @throws InvalidRequest where a setting is wrong or unknown
  static Grader read(JsonNode json) {
    String type = json.isObject() ? json.path("type").asString("") : json.asString("");
    Settings settings = new Settings(json);
    Grader grader =
        switch (type) {
          case "exact" -> new Grader.Exact();
          case "normalised" -> new Grader.Normalised();
          case "contains" -> new Grader.Contains();
          case "regex" -> new Grader.Matches(settings.text("pattern", ""));
          case "number" ->
              new Grader.NumberWithin(
                  settings.number("absolute", 0), settings.number("relative", 0));
          case "json" ->
              new Grader.JsonFields(settings.texts("fields"), settings.number("tolerance", 0));
          case "set-f1" -> new Grader.SetF1();
          case "chrf" -> new Grader.ChrF();
          case "rouge-l" -> new Grader.RougeL();
          case "similarity" -> new Grader.Similarity(settings.number("threshold", 0));
          case "refusal" -> new Grader.Refusal();
          case "citations" -> new Grader.Citations();
          case "program" ->
              new Grader.Program(
                  settings.texts("command"),
                  Duration.ofMillis(Math.round(1000 * settings.number("seconds", 10))));
          case "judge" -> new Grader.Judge(settings.text("rubric", "Which answer is better?"));
          case "people" -> new Grader.People();
          case "likelihood" -> new Grader.Likelihood(settings.truth("normalised"));
          default -> throw new Unsupported("The grader \"%s\"".formatted(type), TYPES);
        };
    settings.refuseOthers(type);
    return grader;
  }

  /// The settings of one grader, each to be asked for by name.
  private static final class Settings {
    private final JsonNode json;
    private final Set<String> known = new TreeSet<>(Set.of("type"));

    Settings(JsonNode json) {
      this.json = json;
    }

    private JsonNode value(String name) {
      known.add(name);
      return json.path(name);
    }

    String text(String name, String otherwise) {
      JsonNode value = value(name);
      if (value.isMissingNode()) {
        return otherwise;
      }
      if (!value.isString()) {
        throw new InvalidRequest("%s takes a text.".formatted(name), name);
      }
      return value.stringValue();
    }

    double number(String name, double otherwise) {
      JsonNode value = value(name);
      if (value.isMissingNode()) {
        return otherwise;
      }
      if (!value.isNumber()) {
        throw new InvalidRequest("%s takes a number.".formatted(name), name);
      }
      return value.doubleValue();
    }

    boolean truth(String name) {
      JsonNode value = value(name);
      if (!value.isMissingNode() && !value.isBoolean()) {
        throw new InvalidRequest("%s takes true or false.".formatted(name), name);
      }
      return value.asBoolean(false);
    }

    List<String> texts(String name) {
      JsonNode value = value(name);
      List<String> texts = new ArrayList<>();
      if (!value.isMissingNode() && !value.isArray()) {
        throw new InvalidRequest("%s takes a list of texts.".formatted(name), name);
      }
      value.forEach(one -> texts.add(one.asString()));
      return texts;
    }

    void refuseOthers(String type) {
      Set<String> others = new TreeSet<>(json.isObject() ? json.propertyNames() : Set.of());
      others.removeAll(known);
      if (!others.isEmpty()) {
        throw new InvalidRequest(
            "The grader %s has no setting %s; it has %s."
                .formatted(type, String.join(", ", others), String.join(", ", known)),
            others.iterator().next());
      }
    }
  }
}
