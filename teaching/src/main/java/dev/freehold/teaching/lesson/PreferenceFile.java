package dev.freehold.teaching.lesson;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.ToolUse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Preference pairs as JSON lines, in OpenAI's form for direct preference optimisation: `input`
/// with `messages`, `tools` and `parallel_tool_calls`; `preferred_output` and
/// `non_preferred_output`, each with one assistant's message. Every field is honoured or refused by
/// name and line.
public final class PreferenceFile {

  private PreferenceFile() {}

  /// Reads one.
  ///
  /// @throws InvalidRequest naming all bad rows by line
  public static List<PreferencePair> read(byte[] bytes, String name, List<Origin> origins) {
    return Lines.read(bytes, name, row -> pair(row, origins));
  }

  private static PreferencePair pair(Row row, List<Origin> origins) {
    Row input = new Row(row.any("input").orElseThrow(() -> row.missing("input")), "input");
    List<Turn> turns = MessageRows.turns(input.list("messages"), "input.messages");
    ToolUse tools = MessageRows.tools(input);
    input.refuseOthers();
    Message.Assistant preferred = output(row, "preferred_output");
    Message.Assistant other = output(row, "non_preferred_output");
    row.refuseOthers();
    List<Message> messages = new ArrayList<>(turns.stream().map(Turn::message).toList());
    if (messages.getLast() instanceof Message.Assistant) {
      throw new InvalidRequest(
          "input.messages must end where the assistant speaks.", "input.messages");
    }
    return new PreferencePair(messages, tools, preferred, other, origins);
  }

  private static Message.Assistant output(Row row, String field) {
    List<JsonNode> nodes = row.list(field);
    if (nodes.size() != 1) {
      throw new InvalidRequest("%s must hold one message.".formatted(field), field);
    }
    Turn turn = MessageRows.turns(nodes, field).getFirst();
    if (turn.message() instanceof Message.Assistant assistant && turn.trained()) {
      return assistant;
    }
    throw new InvalidRequest("%s must hold an assistant's message.".formatted(field), field);
  }

  /// The bytes of pairs, one a line.
  public static byte[] write(List<PreferencePair> pairs) {
    StringBuilder lines = new StringBuilder();
    for (PreferencePair pair : pairs) {
      ObjectNode row = Lines.MAPPER.createObjectNode();
      ObjectNode input = row.putObject("input");
      ArrayNode messages = input.putArray("messages");
      pair.messages().forEach(message -> MessageRows.write(messages, message, true));
      MessageRows.write(input, pair.toolUse());
      MessageRows.write(row.putArray("preferred_output"), pair.preferred(), true);
      MessageRows.write(row.putArray("non_preferred_output"), pair.other(), true);
      lines.append(row).append('\n');
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }
}
