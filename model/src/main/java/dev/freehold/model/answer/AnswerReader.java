package dev.freehold.model.answer;

import dev.freehold.chat.Tool;
import dev.freehold.model.text.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Reads an answer as it is generated and tells what is said, what is thought and what is called.
///
/// However the answer is cut into pieces, what is told is the same but for where its pieces are
/// cut. Nothing is lost: what looks like a call and is none, or calls what was not offered, is
/// text. A call that breaks off after it began is told as far as it came and never ended. Made by
/// [AnswerFormat#reader]; not thread-safe.
public final class AnswerReader {

  private final Pieces pieces;
  private final Map<String, Tool> tools = new HashMap<>();
  private final Predicate<String> tokens;
  private final Set<String> markers;
  private final StringBuilder pending = new StringBuilder();
  private final Prose prose;
  private Part part;
  private long position;

  /// @param tokens whether a marker is a token of its own, and so never meant where it is spelt
  AnswerReader(
      AnswerFormat format,
      List<Tool> offered,
      Predicate<String> tokens,
      String prompt,
      AnswerSink sink) {
    this.pieces = new Pieces(sink);
    this.tokens = tokens;
    this.markers = format.markers();
    offered.forEach(tool -> tools.put(tool.name(), tool));
    this.prose = format.prose(this, !offered.isEmpty());
    this.part = format.first(this, prose, prompt);
  }

  /// From here on a call is one only where nothing was said before it: words have a form of their
  /// own, which may hold anything.
  public void callsFirst() {
    prose.callsFirst();
  }

  static boolean blank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  /// Characters the model generated.
  public void text(String text) {
    for (int i = 0; i < text.length(); i++) {
      pending.append(text.charAt(i));
      read();
    }
    pieces.flush();
  }

  /// A control token the model generated. One that means nothing in this format is passed over.
  public void control(String token) {
    giveUp();
    if (markers.contains(token)) {
      part.marker(token);
    }
    pieces.flush();
  }

  /// The answer is complete.
  public void end() {
    giveUp();
    part.end();
    pieces.flush();
  }

  /// How many characters of those given were read so far.
  public long position() {
    return position;
  }

  /// Whether the model thinks at this place.
  public boolean thinking() {
    return part instanceof Thought || (part instanceof Harmony harmony && harmony.thinking());
  }

  /// How many calls were complete so far.
  public int callsEnded() {
    return pieces.callsEnded();
  }

  private void read() {
    while (!pending.isEmpty()) {
      String held = pending.toString();
      boolean waits = false;
      for (String marker : part.markers()) {
        if (marker.startsWith(held) && !tokens.test(marker)) {
          if (marker.length() == held.length()) {
            pending.setLength(0);
            position += held.length();
            part.marker(marker);
            return;
          }
          waits = true;
        }
      }
      if (waits) {
        return;
      }
      one();
    }
  }

  private void one() {
    char c = pending.charAt(0);
    pending.deleteCharAt(0);
    position++;
    part.accept(c);
  }

  /// What was held as the beginning of a marker is none.
  private void giveUp() {
    while (!pending.isEmpty()) {
      one();
      read();
    }
  }

  Pieces pieces() {
    return pieces;
  }

  Set<String> allMarkers() {
    return markers;
  }

  boolean isToken(String marker) {
    return tokens.test(marker);
  }

  boolean offered(String name) {
    return tools.containsKey(name);
  }

  /// The properties of a tool's parameters.
  JsonNode properties(String name) {
    Tool tool = tools.get(name);
    return tool == null
        ? JsonNodeFactory.instance.objectNode()
        : Json.read(tool.parameters())
            .orElse(JsonNodeFactory.instance.objectNode())
            .path("properties");
  }

  Part go(Part next) {
    part = next;
    return next;
  }

  Prose goOn() {
    part = prose;
    return prose;
  }
}
