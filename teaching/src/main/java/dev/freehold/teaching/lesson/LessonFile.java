package dev.freehold.teaching.lesson;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.ToolUse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A data set as JSON lines, which a person can read and edit and other trainers take: OpenAI's
/// form of conversations for fine-tuning (`messages`, `tools`, `parallel_tool_calls`, `weight`), or
/// `prompt` and `completion`; beside it, under `freehold`, the kind of the lesson and where it
/// comes from. Every field is honoured or refused by name and line.
public final class LessonFile {

  private LessonFile() {}

  /// Reads one.
  ///
  /// @param bytes the file
  /// @param name how errors call it
  /// @param otherwise where rows come from that do not say so
  /// @throws InvalidRequest naming all bad rows by line
  public static List<Lesson> read(byte[] bytes, String name, List<Origin> otherwise) {
    return Lines.read(bytes, name, row -> lesson(row, otherwise));
  }

  private static Lesson lesson(Row row, List<Origin> otherwise) {
    Optional<Row> own = row.any("freehold").map(node -> new Row(node, "freehold"));
    Kind kind = own.flatMap(one -> one.text("kind")).map(Kind::of).orElse(Kind.CONVERSATION);
    List<Origin> origins = new ArrayList<>();
    for (JsonNode node : own.map(one -> one.list("from")).orElse(List.of())) {
      origins.add(Origin.parse(Row.text(node, "freehold.from")));
    }
    own.ifPresent(Row::refuseOthers);
    List<Origin> from = origins.isEmpty() ? otherwise : origins;
    List<JsonNode> messages = row.list("messages");
    Lesson lesson;
    if (row.any("messages").isEmpty()) {
      lesson = new Lesson.Completion(kind, row.text("prompt").orElse(""), completion(row), from);
    } else {
      List<Turn> turns = MessageRows.turns(messages, "messages");
      ToolUse tools = MessageRows.tools(row);
      lesson = new Lesson.Talk(kind, turns, tools, from);
    }
    row.refuseOthers();
    return lesson;
  }

  private static String completion(Row row) {
    return row.text("completion")
        .orElseThrow(() ->
            new InvalidRequest("A row needs messages, or prompt and completion.", "messages"));
  }

  /// The bytes of a data set, a lesson a line.
  public static byte[] write(List<? extends Lesson> lessons) {
    StringBuilder lines = new StringBuilder();
    lessons.forEach(lesson -> lines.append(json(lesson)).append('\n'));
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode json(Lesson lesson) {
    ObjectNode row = Lines.MAPPER.createObjectNode();
    switch (lesson) {
      case Lesson.Talk talk -> {
        ArrayNode messages = row.putArray("messages");
        talk.turns().forEach(turn -> MessageRows.write(messages, turn.message(), turn.trained()));
        MessageRows.write(row, talk.toolUse());
      }
      case Lesson.Completion text ->
          row.put("prompt", text.prompt()).put("completion", text.completion());
    }
    ObjectNode own = row.putObject("freehold").put("kind", lesson.kind().word());
    ArrayNode from = own.putArray("from");
    lesson.origins().forEach(origin -> from.add(origin.toString()));
    return row;
  }
}
