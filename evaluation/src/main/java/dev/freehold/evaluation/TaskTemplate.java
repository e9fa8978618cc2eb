package dev.freehold.evaluation;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unsupported;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The part of lm-evaluation-harness's task files that says how a row becomes a choice.
///
/// `doc_to_text`, `doc_to_choice` and `doc_to_target` are a field's name, a text with `{{field}}`
/// in it, or (choices) a list. Jinja beyond that, Python functions and few-shot examples are
/// refused by name.
///
/// @param text what stands before the options
/// @param choices a field, or the options themselves
/// @param target a field or a number
/// @param delimiter between the two
record TaskTemplate(String text, JsonNode choices, JsonNode target, String delimiter) {

  private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*}}");
  private static final Set<String> KNOWN =
      Set.of(
          "task",
          "dataset_path",
          "dataset_kwargs",
          "output_type",
          "doc_to_text",
          "doc_to_choice",
          "doc_to_target",
          "target_delimiter",
          "test_split",
          "metric_list",
          "metadata",
          "num_fewshot",
          "tag",
          "dataset_name",
          "validation_split",
          "training_split");

  static TaskTemplate of(JsonNode root) {
    Set<String> others = new TreeSet<>(root.propertyNames());
    others.removeAll(KNOWN);
    if (!others.isEmpty()) {
      throw new Unsupported(
          "The task setting %s".formatted(String.join(", ", others)),
          String.join(", ", new TreeSet<>(KNOWN)));
    }
    if (root.path("num_fewshot").asInt(0) != 0) {
      throw new Unsupported("A task with few-shot examples", "num_fewshot: 0");
    }
    return new TaskTemplate(
        BenchmarkJson.text(root, "doc_to_text"),
        root.path("doc_to_choice"),
        root.path("doc_to_target"),
        root.path("target_delimiter").asString(" "));
  }

  Choices choices(JsonNode doc) {
    return new Choices(
        doc.has(text) ? BenchmarkJson.text(doc, text) : rendered(text, doc),
        delimiter,
        options(doc),
        right(doc));
  }

  private List<String> options(JsonNode doc) {
    if (choices.isArray()) {
      List<String> options = new ArrayList<>();
      choices.forEach(one -> options.add(rendered(one.asString(), doc)));
      return options;
    }
    Matcher field = FIELD.matcher(choices.asString(""));
    String name = field.matches() ? field.group(1) : choices.asString("");
    if (!doc.has(name)) {
      throw new InvalidRequest("has no field %s with its options".formatted(name), name);
    }
    return BenchmarkJson.texts(doc.get(name), name);
  }

  private int right(JsonNode doc) {
    if (target.isInt()) {
      return target.intValue();
    }
    Matcher field = FIELD.matcher(target.asString(""));
    String name = field.matches() ? field.group(1) : target.asString("");
    if (!doc.has(name)) {
      throw new InvalidRequest("has no field %s with the right option".formatted(name), name);
    }
    JsonNode value = doc.get(name);
    int named = value.isString() ? options(doc).indexOf(value.stringValue()) : -1;
    return named >= 0 ? named : Rows.right(value);
  }

  private static String rendered(String template, JsonNode doc) {
    Matcher fields = FIELD.matcher(template);
    StringBuilder text = new StringBuilder();
    while (fields.find()) {
      String name = fields.group(1);
      if (!doc.has(name)) {
        throw new InvalidRequest("has no field %s".formatted(name), name);
      }
      fields.appendReplacement(text, Matcher.quoteReplacement(doc.get(name).asString()));
    }
    fields.appendTail(text);
    String done = text.toString();
    if (FIELD.matcher(template).replaceAll("").matches("(?s).*(\\{\\{|\\{%).*")) {
      throw new Unsupported(
          "The template \"%s\"".formatted(template), "{{field}} without filters or expressions");
    }
    return done;
  }
}
