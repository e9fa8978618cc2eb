package dev.freehold.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads server-sent events (WHATWG HTML, section 9.2) more strictly than a browser does: what a
/// browser passes over, for it may be a later version's, is here a sign that something else is
/// speaking, and ends the stream with an error.
///
/// Refused: fields other than `data`, `event`, `id` and `retry`; bytes that are not UTF-8; lines
/// and events over a limit; an end in the middle of an event. Belongs to one thread.
final class ServerSentEvents {

  private final InputStream in;
  private final int limit;
  private boolean first = true;
  private boolean afterReturn;

  /// One event.
  ///
  /// @param name its type; `message` where it has none
  /// @param data its lines, joined
  record Event(String name, String data) {}

  /// The bytes are no server-sent events.
  static final class Garbage extends IOException {
    Garbage(String message) {
      super(message);
    }
  }

  /// @param in the body; should be buffered
  /// @param limit most bytes of one event
  ServerSentEvents(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /// The next event; empty at an end between two events.
  ///
  /// @throws Garbage where the bytes are no events
  Optional<Event> next() throws IOException {
    StringBuilder data = new StringBuilder();
    String name = "";
    boolean begun = false;
    int lines = 0;
    for (Optional<String> line = line(); ; line = line()) {
      if (line.isEmpty()) {
        if (begun) {
          throw new Garbage("it ended in the middle of an event");
        }
        return Optional.empty();
      }
      String text = line.get();
      if (text.isEmpty()) {
        if (lines > 0) {
          return Optional.of(new Event(name.isEmpty() ? "message" : name, data.toString()));
        }
        name = "";
        begun = false;
        continue;
      }
      if (text.charAt(0) == ':') {
        continue;
      }
      begun = true;
      int colon = text.indexOf(':');
      String field = colon < 0 ? text : text.substring(0, colon);
      String value = colon < 0 ? "" : text.substring(colon + 1);
      value = value.startsWith(" ") ? value.substring(1) : value;
      switch (field) {
        case "data" -> {
          data.append(lines++ > 0 ? "\n" : "").append(value);
          if (data.length() > limit) {
            throw new Garbage("an event is longer than %d characters".formatted(limit));
          }
        }
        case "event" -> name = value;
        case "id", "retry" -> {}
        default -> throw new Garbage("a line is no server-sent event");
      }
    }
  }

  private Optional<String> line() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    for (int b = in.read(); ; b = in.read()) {
      if (b == '\n' && afterReturn) {
        afterReturn = false;
        continue;
      }
      afterReturn = false;
      if (b < 0) {
        if (bytes.size() > 0) {
          throw new Garbage("it ended in the middle of a line");
        }
        return Optional.empty();
      }
      if (b == '\n' || b == '\r') {
        afterReturn = b == '\r';
        return Optional.of(text(bytes.toByteArray()));
      }
      bytes.write(b);
      if (bytes.size() > limit) {
        throw new Garbage("a line is longer than %d bytes".formatted(limit));
      }
    }
  }

  private String text(byte[] bytes) throws Garbage {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      boolean mark = first && text.startsWith("\uFEFF");
      first = false;
      return mark ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new Garbage("a line is not UTF-8");
    }
  }
}
