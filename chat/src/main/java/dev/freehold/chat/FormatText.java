package dev.freehold.chat;

import java.util.Locale;
import java.util.stream.Collectors;

/// Forms of answers as JSON, written by hand, since this room depends on nothing.
final class FormatText {

  private FormatText() {}

  static String of(ResponseFormat format) {
    return switch (format) {
      case ResponseFormat.Free _ -> "";
      case ResponseFormat.JsonObject _ -> "{\"type\":\"json_object\"}";
      case ResponseFormat.JsonSchema(String name, String schema) ->
          "{\"type\":\"json_schema\",\"json_schema\":{\"name\":%s,\"schema\":%s}}"
              .formatted(quoted(name), schema);
      case ResponseFormat.Regex(String expression) ->
          "{\"type\":\"regex\",\"regex\":%s}".formatted(quoted(expression));
      case ResponseFormat.OneOf(var texts) ->
          texts.stream()
              .map(FormatText::quoted)
              .collect(Collectors.joining(",", "{\"type\":\"choice\",\"choice\":[", "]}"));
      case ResponseFormat.Gbnf(String grammar) ->
          "{\"type\":\"grammar\",\"grammar\":%s}".formatted(quoted(grammar));
    };
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char one = text.charAt(i);
      switch (one) {
        case '"', '\\' -> quoted.append('\\').append(one);
        case '\n' -> quoted.append("\\n");
        default -> {
          // Half a surrogate pair is no text, but may be told as one.
          if (one < ' ' || Character.isSurrogate(one)) {
            quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) one));
          } else {
            quoted.append(one);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
