package dev.freehold.server;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The named events of a stream.
record Events(List<Event> all) {

  record Event(String name, JsonNode data) {}

  static Events in(String body) {
    List<Event> events = new ArrayList<>();
    for (String frame : body.split("\n\n")) {
      if (!frame.isBlank() && !frame.startsWith(":")) {
        String[] lines = frame.split("\n", 2);
        events.add(
            new Event(
                lines[0].substring("event: ".length()),
                House.JSON.readTree(lines[1].substring("data: ".length()))));
      }
    }
    return new Events(events);
  }

  List<String> names() {
    return all.stream().map(Event::name).toList();
  }

  JsonNode first(String name) {
    return all.stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow().data();
  }

  String text() {
    var text = new StringBuilder();
    all.stream()
        .filter(e -> e.name().equals("delta"))
        .forEach(e -> text.append(e.data().get("text").asString()));
    return text.toString();
  }
}
