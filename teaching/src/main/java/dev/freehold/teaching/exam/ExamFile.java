package dev.freehold.teaching.exam;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An exam as JSON lines: `question`, `answer`, and where wanted `id`, `group` (`taught`,
/// `control`, `known`), `accepted`, `options`. Where options are missing, three answers of other
/// questions of the same group and `language` are taken.
public final class ExamFile {

  private static final Set<String> FIELDS =
      Set.of("id", "group", "question", "answer", "accepted", "options", "language");
  private static final int WRONG = 3;

  private ExamFile() {}

  private record Row(
      String id,
      ExamItem.Group group,
      String question,
      String answer,
      List<String> accepted,
      List<String> options,
      String language) {}

  /// Reads one.
  ///
  /// @throws InvalidRequest naming the bad rows by line
  public static List<ExamItem> read(byte[] bytes, String name) {
    List<Row> rows = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    int number = 0;
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      number++;
      if (!line.isBlank()) {
        try {
          rows.add(row(JsonMapper.shared().readTree(line), number));
        } catch (JacksonException | FreeholdException e) {
          bad.add(
              "line %d: %s"
                  .formatted(
                      number, String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
        }
      }
    }
    if (!bad.isEmpty() || rows.isEmpty()) {
      throw new InvalidRequest(
          "%s is no exam: %s"
              .formatted(name, bad.isEmpty() ? "it has no rows" : String.join("\n", bad)),
          "exam");
    }
    Random random = new Random(17);
    return rows.stream().map(row -> item(row, rows, random)).toList();
  }

  private static Row row(JsonNode json, int number) {
    if (!(json instanceof ObjectNode object)) {
      throw new InvalidRequest("a row must be an object.", null);
    }
    for (String field : object.propertyNames()) {
      if (!FIELDS.contains(field)) {
        throw new InvalidRequest("%s is not a field that is known here.".formatted(field), field);
      }
    }
    return new Row(
        json.has("id") ? text(json, "id") : "question-" + number,
        json.has("group") ? group(text(json, "group")) : ExamItem.Group.TAUGHT,
        text(json, "question"),
        text(json, "answer"),
        texts(json, "accepted"),
        texts(json, "options"),
        json.has("language") ? text(json, "language") : "");
  }

  private static ExamItem.Group group(String word) {
    for (ExamItem.Group group : ExamItem.Group.values()) {
      if (group.word().equals(word)) {
        return group;
      }
    }
    throw new InvalidRequest(
        "group is taught, control or known, not \"%s\".".formatted(word), "group");
  }

  private static String text(JsonNode json, String field) {
    JsonNode node = json.path(field);
    if (!node.isString() || node.stringValue().isBlank()) {
      throw new InvalidRequest("%s must be a string with words.".formatted(field), field);
    }
    return node.stringValue();
  }

  private static List<String> texts(JsonNode json, String field) {
    List<String> texts = new ArrayList<>();
    if (json.has(field) && !json.path(field).isArray()) {
      throw new InvalidRequest("%s must be a list of strings.".formatted(field), field);
    }
    json.path(field).forEach(node -> texts.add(node.asString()));
    return texts;
  }

  private static ExamItem item(Row row, List<Row> all, Random random) {
    List<String> options = new ArrayList<>(row.options());
    if (options.isEmpty()) {
      options.addAll(wrong(row, all, random));
      options.add(row.answer());
      Collections.shuffle(options, random);
    }
    if (!options.contains(row.answer())) {
      throw new InvalidRequest(
          "The answer of %s is not among its options.".formatted(row.id()), "options");
    }
    return new ExamItem(
        row.id(),
        row.group(),
        row.question(),
        options,
        options.indexOf(row.answer()),
        row.accepted());
  }

  private static List<String> wrong(Row row, List<Row> all, Random random) {
    Set<String> others = new LinkedHashSet<>();
    for (Row other : all) {
      boolean alike =
          other.group() == row.group()
              && other.language().equals(row.language())
              && !other
                  .answer()
                  .toLowerCase(Locale.ROOT)
                  .equals(row.answer().toLowerCase(Locale.ROOT));
      if (alike) {
        others.add(other.answer());
      }
    }
    List<String> list = new ArrayList<>(others);
    Collections.shuffle(list, random);
    if (list.size() < WRONG) {
      throw new InvalidRequest(
          "%s has no options, and its group and language have too few other answers to take some from."
              .formatted(row.id()),
          "options");
    }
    return list.subList(0, WRONG);
  }

  /// The bytes of an exam, a question a line.
  public static byte[] write(List<ExamItem> items) {
    StringBuilder lines = new StringBuilder();
    for (ExamItem item : items) {
      ObjectNode row =
          JsonMapper.shared()
              .createObjectNode()
              .put("id", item.id())
              .put("group", item.group().word())
              .put("question", item.question())
              .put("answer", item.answer());
      item.options().forEach(row.putArray("options")::add);
      item.accepted().forEach(row.putArray("accepted")::add);
      lines.append(row).append('\n');
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }
}
