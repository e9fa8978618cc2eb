package dev.freehold.evaluation.grader;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON answers held against JSON golds, leaf by leaf.
final class JsonScores {

  /// Strict: what comes after the value makes it invalid.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private JsonScores() {}

  static Score score(Grader.JsonFields grader, String answer, String gold) {
    Optional<JsonNode> said = parse(unfenced(answer));
    if (said.isEmpty()) {
      return Score.wrong("no valid JSON");
    }
    JsonNode wanted =
        parse(gold)
            .orElseThrow(() ->
                new dev.freehold.chat.InvalidRequest("A gold is no valid JSON: " + gold, "gold"));
    Map<String, JsonNode> right = leaves(wanted, grader.fields());
    Map<String, JsonNode> given = leaves(said.get(), grader.fields());
    TreeSet<String> all = new TreeSet<>(right.keySet());
    all.addAll(given.keySet());
    if (all.isEmpty()) {
      return Score.of(true);
    }
    Map<String, Double> parts = new TreeMap<>();
    for (String path : all) {
      boolean same =
          right.containsKey(path)
              && given.containsKey(path)
              && equal(right.get(path), given.get(path), grader.tolerance());
      parts.put(path, same ? 1.0 : 0.0);
    }
    double mean = parts.values().stream().mapToDouble(Double::doubleValue).sum() / parts.size();
    List<String> wrong =
        parts.entrySet().stream()
            .filter(part -> part.getValue() == 0)
            .map(Map.Entry::getKey)
            .toList();
    return new Score(mean, wrong.isEmpty() ? "" : "wrong: " + String.join(", ", wrong), parts);
  }

  private static Optional<JsonNode> parse(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node.isMissingNode() ? Optional.empty() : Optional.of(node);
    } catch (JacksonException e) {
      return Optional.empty(); // Counted as a wrong answer, or refused as a gold, by the caller.
    }
  }

  /// What stands between the fences of Markdown, if the answer is one such block.
  private static String unfenced(String answer) {
    String text = answer.strip();
    if (text.startsWith("```") && text.endsWith("```") && text.indexOf('\n') > 0) {
      return text.substring(text.indexOf('\n') + 1, text.length() - 3);
    }
    return text;
  }

  private static Map<String, JsonNode> leaves(JsonNode root, List<String> fields) {
    Map<String, JsonNode> leaves = new TreeMap<>();
    collect("", root, leaves);
    if (!fields.isEmpty()) {
      leaves
          .keySet()
          .removeIf(path ->
              fields.stream()
                  .noneMatch(field ->
                      path.equals(field)
                          || path.startsWith(field + ".")
                          || path.startsWith(field + "[")));
    }
    return leaves;
  }

  private static void collect(String path, JsonNode node, Map<String, JsonNode> leaves) {
    if (node.isObject() && !node.isEmpty()) {
      node.properties()
          .forEach(entry ->
              collect(
                  path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
                  entry.getValue(),
                  leaves));
    } else if (node.isArray() && !node.isEmpty()) {
      for (int i = 0; i < node.size(); i++) {
        collect(path + "[" + i + "]", node.get(i), leaves);
      }
    } else {
      leaves.put(path.isEmpty() ? "$" : path, node);
    }
  }

  private static boolean equal(JsonNode wanted, JsonNode given, double tolerance) {
    if (wanted.isNumber() && given.isNumber()) {
      double value = wanted.doubleValue();
      return Math.abs(value - given.doubleValue()) <= tolerance * Math.abs(value);
    }
    return wanted.equals(given);
  }
}
