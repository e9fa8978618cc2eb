package dev.freehold.evaluation;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Unsupported;
import dev.freehold.evaluation.grader.Grader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// promptfoo's configuration: one prompt with `{{variables}}`, tests with one assertion each.
final class Promptfoo {

  private static final Pattern VARIABLE =
      Pattern.compile("\\{\\{\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*}}");
  private static final String SERVED =
      "equals, contains, icontains, regex, similar, llm-rubric, is-refusal";

  private Promptfoo() {}

  static BenchmarkFiles.Imported read(
      Path file, String name, JsonNode root, List<Integer> lines, BenchmarkFiles.Reading reading) {
    List<String> prompts = BenchmarkJson.texts(root.path("prompts"), "prompts");
    if (prompts.size() != 1 || prompts.getFirst().startsWith("file://")) {
      throw new InvalidRequest(
          "%s needs exactly one prompt, written out; it has %s."
              .formatted(file, prompts.isEmpty() ? "none" : prompts),
          "prompts");
    }
    BenchmarkFiles.Faults faults = new BenchmarkFiles.Faults(file);
    List<Case> cases = new ArrayList<>();
    int number = 0;
    for (JsonNode test : root.get("tests")) {
      try {
        cases.add(test(test, prompts.getFirst(), "test-" + (number + 1), reading));
      } catch (FreeholdException e) {
        faults.add(number < lines.size() ? lines.get(number) : 0, e.getMessage());
      }
      number++;
    }
    faults.raise();
    return new BenchmarkFiles.Imported(
        new Benchmark(
            root.path("description").asString(name),
            1,
            reading.grader().orElseGet(Grader.Exact::new),
            cases),
        root.has("providers")
            ? List.of("Left aside: providers; contestants are named when proving.")
            : List.of());
  }

  private static Case test(
      JsonNode test, String prompt, String id, BenchmarkFiles.Reading reading) {
    JsonNode variables = test.path("vars");
    JsonNode asserted = test.path("assert");
    if (asserted.size() != 1) {
      throw new Unsupported("A test with %d assertions".formatted(asserted.size()), "one");
    }
    JsonNode assertion = asserted.get(0);
    List<String> values = BenchmarkJson.texts(assertion.path("value"), "value");
    String value = values.isEmpty() ? "" : rendered(values.getFirst(), variables);
    String type = assertion.path("type").asString("");
    Grader grader =
        switch (type) {
          case "equals" -> new Grader.Exact();
          case "contains" -> new Grader.Matches(Pattern.quote(value));
          case "icontains" -> new Grader.Matches("(?iu)" + Pattern.quote(value));
          case "regex" -> new Grader.Matches(value);
          case "similar" -> new Grader.Similarity(assertion.path("threshold").asDouble(0.75));
          case "llm-rubric" -> new Grader.Judge(value);
          case "is-refusal" -> new Grader.Refusal();
          default -> throw new Unsupported("promptfoo's assertion \"%s\"".formatted(type), SERVED);
        };
    boolean gold = !(grader instanceof Grader.Judge || grader instanceof Grader.Refusal);
    if (gold && value.isEmpty()) {
      throw new InvalidRequest("the assertion %s has no value".formatted(type), "value");
    }
    return new Case(
        id,
        List.of(new Message.User(rendered(prompt, variables))),
        gold ? List.of(value) : List.of(),
        gold ? Case.Origin.PERSON : Case.Origin.UNKNOWN,
        List.of(),
        Optional.empty(),
        id,
        slices(test, variables, reading.slices()),
        Optional.empty(),
        reading.grader().isPresent() ? Optional.empty() : Optional.of(grader));
  }

  private static Map<String, String> slices(
      JsonNode test, JsonNode variables, List<String> wanted) {
    Map<String, String> slices = BenchmarkJson.slices(test.path("metadata"));
    slices.keySet().retainAll(wanted);
    wanted.stream()
        .filter(variables::has)
        .forEach(name -> slices.put(name, variables.get(name).asString()));
    return slices;
  }

  private static String rendered(String template, JsonNode variables) {
    Matcher matcher = VARIABLE.matcher(template);
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(1);
      if (!variables.has(name)) {
        throw new InvalidRequest("vars has no %s".formatted(name), "vars");
      }
      matcher.appendReplacement(text, Matcher.quoteReplacement(variables.get(name).asString()));
    }
    return matcher.appendTail(text).toString();
  }

  static ObjectNode write(Benchmark benchmark) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("description", benchmark.name());
    root.putArray("prompts").add("{{question}}");
    ArrayNode tests = root.putArray("tests");
    for (Case one : benchmark.cases()) {
      if (one.messages().size() != 1) {
        throw new Unsupported(
            "Writing case %s, which has several messages, for promptfoo".formatted(one.id()),
            "cases of one question");
      }
      ObjectNode test = tests.addObject();
      test.putObject("vars").put("question", one.asked());
      ObjectNode assertion = test.putArray("assert").addObject();
      switch (benchmark.graderOf(one)) {
        case Grader.Exact _ -> assertion.put("type", "equals").put("value", single(one));
        case Grader.Matches matches ->
            assertion
                .put("type", "regex")
                .put("value", matches.pattern().isEmpty() ? single(one) : matches.pattern());
        case Grader.Contains _ -> assertion.put("type", "icontains").put("value", single(one));
        case Grader.Similarity similarity ->
            assertion
                .put("type", "similar")
                .put("value", single(one))
                .put("threshold", similarity.threshold());
        case Grader.Judge judge -> assertion.put("type", "llm-rubric").put("value", judge.rubric());
        case Grader.Refusal _ -> assertion.put("type", "is-refusal");
        case Grader other -> throw new Unsupported("%s for promptfoo".formatted(other), SERVED);
      }
      ObjectNode metadata = test.putObject("metadata");
      one.slices().forEach(metadata::put);
    }
    return root;
  }

  private static String single(Case one) {
    if (one.golds().size() != 1) {
      throw new Unsupported(
          "Writing case %s, which has %d golds, for promptfoo"
              .formatted(one.id(), one.golds().size()),
          "cases of one gold");
    }
    return one.golds().getFirst();
  }
}
