package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Benchmarks as JSON lines: a head, then a case a line.
final class BenchmarkJson {

  private BenchmarkJson() {}

  /// What the digest is taken of: the same for the same cases, whatever the version's number.
  static String canonical(Benchmark benchmark) {
    StringBuilder lines = new StringBuilder();
    ObjectNode head = JsonMapper.shared().createObjectNode();
    head.put("benchmark", benchmark.name());
    head.set("grader", GraderJson.write(benchmark.grader()));
    lines.append(head).append('\n');
    benchmark.cases().forEach(one -> lines.append(write(one)).append('\n'));
    return lines.toString();
  }

  static String lines(Benchmark benchmark) {
    StringBuilder lines = new StringBuilder();
    ObjectNode head = JsonMapper.shared().createObjectNode();
    head.put("benchmark", benchmark.name()).put("version", benchmark.version());
    head.set("grader", GraderJson.write(benchmark.grader()));
    head.put("digest", benchmark.digest());
    lines.append(head).append('\n');
    benchmark.cases().forEach(one -> lines.append(write(one)).append('\n'));
    return lines.toString();
  }

  static ObjectNode write(Case one) {
    ObjectNode json = JsonMapper.shared().createObjectNode().put("id", one.id());
    messages(json, "messages", one.messages());
    FormatJson.write(json, one.format());
    one.golds().forEach(json.putArray("golds")::add);
    json.put("origin", one.origin().name().toLowerCase(java.util.Locale.ROOT));
    if (!one.by().isEmpty()) {
      json.put("by", one.by());
    }
    if (!one.passages().isEmpty()) {
      one.passages().forEach(json.putArray("passages")::add);
    }
    one.choices()
        .ifPresent(choices -> {
          ObjectNode node = json.putObject("choices");
          node.put("context", choices.context()).put("delimiter", choices.delimiter());
          choices.options().forEach(node.putArray("options")::add);
          node.put("right", choices.right());
        });
    if (!one.conversation().equals(one.id())) {
      json.put("conversation", one.conversation());
    }
    if (!one.slices().isEmpty()) {
      ObjectNode slices = json.putObject("slices");
      one.slices().forEach(slices::put);
    }
    one.at().ifPresent(at -> json.put("at", at.toString()));
    one.grader().ifPresent(grader -> json.set("grader", GraderJson.write(grader)));
    return json;
  }

  static void messages(ObjectNode json, String field, List<Message> messages) {
    var array = json.putArray(field);
    messages.forEach(
        message -> array.addObject().put("role", message.role()).put("content", message.text()));
  }

  /// @throws InvalidRequest where a field is wrong, naming it
  static Case read(JsonNode json) {
    String id = text(json, "id");
    List<String> golds = texts(json.path("golds"), "golds");
    return new Case(
        id,
        messages(json.path("messages")),
        FormatJson.read(json.path(FormatJson.FIELD)),
        golds,
        origin(json.path("origin").asString("unknown")),
        json.path("by").asString(""),
        texts(json.path("passages"), "passages"),
        choices(json.path("choices")),
        json.path("conversation").asString(id),
        slices(json.path("slices")),
        at(json.path("at")),
        json.has("grader") ? Optional.of(GraderJson.read(json.get("grader"))) : Optional.empty());
  }

  static String text(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isString()) {
      throw new InvalidRequest("%s takes a text.".formatted(field), field);
    }
    return value.stringValue();
  }

  /// A list of texts, a single one, or nothing.
  static List<String> texts(JsonNode value, String field) {
    List<String> texts = new ArrayList<>();
    if (value.isString()) {
      texts.add(value.stringValue());
    } else if (value.isArray()) {
      for (JsonNode one : value) {
        if (!one.isString()) {
          throw new InvalidRequest("%s takes texts.".formatted(field), field);
        }
        texts.add(one.stringValue());
      }
    } else if (!value.isMissingNode() && !value.isNull()) {
      throw new InvalidRequest("%s takes a text or a list of texts.".formatted(field), field);
    }
    return texts;
  }

  static List<Message> messages(JsonNode array) {
    List<Message> messages = new ArrayList<>();
    if (array.isString()) {
      return List.of(new Message.User(array.stringValue()));
    }
    for (JsonNode one : array) {
      String content = text(one, "content");
      messages.add(
          switch (one.path("role").asString("")) {
            case "system", "developer" -> new Message.System(content);
            case "user" -> new Message.User(content);
            case "assistant" -> new Message.Assistant(content);
            case String other ->
                throw new InvalidRequest(
                    "There is no role \"%s\"; there are system, user, assistant.".formatted(other),
                    "role");
          });
    }
    return messages;
  }

  private static Case.Origin origin(String text) {
    return switch (text) {
      case "person" -> Case.Origin.PERSON;
      case "model" -> Case.Origin.MODEL;
      case "unknown" -> Case.Origin.UNKNOWN;
      default ->
          throw new InvalidRequest("origin is person, model or unknown, not " + text, "origin");
    };
  }

  private static Optional<Choices> choices(JsonNode json) {
    return json.isObject()
        ? Optional.of(
            new Choices(
                text(json, "context"),
                json.path("delimiter").asString(" "),
                texts(json.path("options"), "options"),
                json.path("right").asInt(-1)))
        : Optional.empty();
  }

  static Map<String, String> slices(JsonNode json) {
    Map<String, String> slices = new TreeMap<>();
    if (json.isObject()) {
      json.properties().forEach(entry -> slices.put(entry.getKey(), entry.getValue().asString()));
    }
    return slices;
  }

  private static Optional<Instant> at(JsonNode json) {
    if (!json.isString()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(json.stringValue()));
    } catch (DateTimeParseException e) {
      throw new InvalidRequest(
          "at takes a time such as 2026-11-24T20:00:00Z, not \"%s\".".formatted(json.stringValue()),
          "at");
    }
  }
}
