package dev.freehold.model.answer;

import dev.freehold.model.text.Json;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One call as a JSON object: `{"name": …, "arguments": {…}}`, the keys in any order, `parameters`
/// for `arguments` where a model says it so. Arguments are told as they come once the name is
/// known.
final class ObjectCall {

  private static final Set<String> ARGUMENTS = Set.of("arguments", "parameters", "args");

  private static final Set<String> KEYS =
      Set.of("name", "id", "type", "arguments", "parameters", "args");

  private enum Expects {
    OPEN,
    KEY,
    IN_KEY,
    COLON,
    VALUE,
    NEXT
  }

  private final AnswerReader reader;
  private final StringBuilder raw = new StringBuilder();
  private final StringBuilder scalar = new StringBuilder();
  private Expects expects = Expects.OPEN;
  private JsonProgress progress = new JsonProgress();
  private String key = "";
  private String name = "";
  private @Nullable String early;
  private boolean begun;
  private boolean streaming;

  ObjectCall(AnswerReader reader) {
    this.reader = reader;
  }

  /// What was read and not told as a call.
  String raw() {
    return raw.toString();
  }

  boolean begun() {
    return begun;
  }

  /// The next character; `LAST` ends a call, `BROKEN` says that it was none or broke off.
  JsonProgress.Step accept(char c) {
    raw.append(c);
    if (AnswerReader.blank(c) && expects != Expects.VALUE && expects != Expects.IN_KEY) {
      return JsonProgress.Step.MORE;
    }
    return switch (expects) {
      case OPEN -> c == '{' ? go(Expects.KEY) : JsonProgress.Step.BROKEN;
      case KEY -> {
        if (c != '"') {
          yield JsonProgress.Step.BROKEN;
        }
        scalar.setLength(0);
        yield value(c, Expects.IN_KEY);
      }
      case IN_KEY -> value(c, Expects.IN_KEY);
      case COLON -> {
        if (c != ':') {
          yield JsonProgress.Step.BROKEN;
        }
        progress = new JsonProgress();
        scalar.setLength(0);
        streaming = false;
        yield go(Expects.VALUE);
      }
      case VALUE -> value(c, Expects.VALUE);
      case NEXT ->
          switch (c) {
            case ',' -> {
              progress = new JsonProgress();
              yield go(Expects.KEY);
            }
            case '}' -> finish();
            default -> JsonProgress.Step.BROKEN;
          };
    };
  }

  private JsonProgress.Step go(Expects next) {
    expects = next;
    return JsonProgress.Step.MORE;
  }

  private JsonProgress.Step value(char c, Expects where) {
    boolean first = scalar.isEmpty() && !streaming;
    if (first && where == Expects.VALUE && AnswerReader.blank(c)) {
      return JsonProgress.Step.MORE;
    }
    if (first && where == Expects.VALUE && c == '{' && ARGUMENTS.contains(key) && known()) {
      begin();
      streaming = true;
    }
    JsonProgress.Step step = progress.accept(c);
    return switch (step) {
      case BROKEN -> step;
      case MORE, LAST -> {
        if (streaming) {
          reader.pieces().arguments(String.valueOf(c));
          raw.setLength(Math.max(0, raw.length() - 1));
        } else {
          scalar.append(c);
        }
        expects = where;
        yield step == JsonProgress.Step.LAST ? complete(where) : step;
      }
      case AFTER -> {
        if (complete(where) == JsonProgress.Step.BROKEN) {
          yield JsonProgress.Step.BROKEN;
        }
        raw.setLength(raw.length() - 1);
        yield accept(c);
      }
    };
  }

  private boolean known() {
    return !name.isEmpty() && reader.offered(name) && !begun;
  }

  private void begin() {
    begun = true;
    raw.setLength(0);
    reader.pieces().callBegun(name);
  }

  private JsonProgress.Step complete(Expects where) {
    if (where == Expects.IN_KEY) {
      key = string(scalar.toString());
      return KEYS.contains(key) ? go(Expects.COLON) : JsonProgress.Step.BROKEN;
    }
    if (key.equals("name") && scalar.length() > 0 && scalar.charAt(0) == '"') {
      name = string(scalar.toString());
    } else if (ARGUMENTS.contains(key) && !streaming && !begun) {
      early = scalar.toString();
    }
    streaming = false;
    return go(Expects.NEXT);
  }

  private JsonProgress.Step finish() {
    if (!begun) {
      String arguments = early == null ? "{}" : early;
      if (arguments.startsWith("\"")) {
        arguments = string(arguments);
      }
      boolean object = Json.read(arguments).filter(JsonNode::isObject).isPresent();
      if (!known() || !object) {
        return JsonProgress.Step.BROKEN;
      }
      begin();
      reader.pieces().arguments(arguments);
    }
    reader.pieces().callEnded();
    return JsonProgress.Step.LAST;
  }

  private static String string(String json) {
    return Json.read(json).filter(JsonNode::isString).map(JsonNode::stringValue).orElse("");
  }
}
