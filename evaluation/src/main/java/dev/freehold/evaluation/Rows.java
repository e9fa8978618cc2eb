package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Rows of other people's JSON lines: questions and answers under the usual names, OpenAI Evals'
/// `input` and `ideal`, and the samples that lm-evaluation-harness logs.
final class Rows {

  private static final List<String> QUESTIONS = List.of("messages", "input", "question", "prompt");
  private static final List<String> GOLDS =
      List.of("golds", "ideal", "answer", "accepted", "expected", "target");
  private static final Set<String> OTHERS =
      Set.of("id", "conversation", "passages", FormatJson.FIELD);

  private Rows() {}

  static Case read(JsonNode row, String id, BenchmarkFiles.Reading reading, Set<String> aside) {
    if (row.has("arguments") && row.has("target")) {
      return lmEvalSample(row, id);
    }
    String name = row.has("id") ? row.get("id").asString() : id;
    String asked =
        QUESTIONS.stream()
            .filter(row::has)
            .findFirst()
            .orElseThrow(() ->
                new InvalidRequest(
                    "has no question; it may be called %s".formatted(String.join(", ", QUESTIONS)),
                    "question"));
    List<Message> messages = BenchmarkJson.messages(row.get(asked));
    List<String> golds = new ArrayList<>();
    for (String field : GOLDS) {
      golds.addAll(BenchmarkJson.texts(row.path(field), field));
    }
    Map<String, String> slices = new TreeMap<>(BenchmarkJson.slices(row.path("slices")));
    for (String slice : reading.slices()) {
      if (!row.has(slice)) {
        throw new InvalidRequest("has no field %s to be divided by".formatted(slice), slice);
      }
      slices.put(slice, row.get(slice).asString());
    }
    for (String field : row.propertyNames()) {
      if (!field.equals(asked)
          && !GOLDS.contains(field)
          && !OTHERS.contains(field)
          && !field.equals("slices")
          && !reading.slices().contains(field)) {
        aside.add(field);
      }
    }
    return new Case(
            name,
            messages,
            golds,
            golds.isEmpty() ? Case.Origin.UNKNOWN : Case.Origin.PERSON,
            BenchmarkJson.texts(row.path("passages"), "passages"),
            Optional.empty(),
            row.path("conversation").asString(name),
            slices,
            Optional.empty(),
            Optional.empty())
        .withFormat(FormatJson.read(row.path(FormatJson.FIELD)));
  }

  /// A line of `samples_*.jsonl`: each option's context and continuation as the harness asked them.
  private static Case lmEvalSample(JsonNode row, String id) {
    List<String> contexts = new ArrayList<>();
    List<String> continuations = new ArrayList<>();
    for (JsonNode one : row.get("arguments")) {
      boolean list = one.isArray();
      contexts.add((list ? one.path(0) : one.path("arg_0")).asString(""));
      continuations.add((list ? one.path(1) : one.path("arg_1")).asString(""));
    }
    if (contexts.stream().distinct().count() != 1) {
      throw new InvalidRequest("its options do not share one context", "arguments");
    }
    boolean blank = continuations.stream().allMatch(text -> text.startsWith(" "));
    List<String> options =
        continuations.stream().map(text -> blank ? text.substring(1) : text).toList();
    String name = row.has("doc_id") ? row.get("doc_id").asString() : id;
    return choice(
        name,
        new Choices(contexts.getFirst(), blank ? " " : "", options, right(row.get("target"))));
  }

  static Case choice(String id, Choices choices) {
    return new Case(
        id,
        List.of(),
        List.of(choices.options().get(choices.right())),
        Case.Origin.PERSON,
        List.of(),
        Optional.of(choices),
        id,
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  static int right(JsonNode target) {
    if (target.isInt()) {
      return target.intValue();
    }
    try {
      return Integer.parseInt(target.asString("").strip());
    } catch (NumberFormatException e) {
      throw new InvalidRequest(
          "the target of a choice is the number of an option, not %s".formatted(target), "target");
    }
  }
}
