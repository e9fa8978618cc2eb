package dev.freehold.model.answer;

import dev.freehold.model.text.Json;
import java.util.ArrayDeque;
import java.util.Deque;

/// Arguments that are not written in JSON, told as JSON as they come: Gemma's
/// `city:<|"|>Paris<|"|>,days:2` and Python's `city="Paris", days=2`.
///
/// The bracket that opens them is read already. Not thread-safe.
final class LooseArguments {

  private static final int DEEPEST = 128;

  private enum Expects {
    KEY,
    SEPARATOR,
    VALUE,
    NEXT
  }

  private final AnswerReader reader;
  private final boolean python;
  private final Deque<Character> open = new ArrayDeque<>();
  private final StringBuilder bare = new StringBuilder();
  private Expects expects = Expects.KEY;
  private boolean first = true;
  private char quote;
  private boolean escaped;
  private int hex;
  private boolean inKey;

  /// @param close the bracket that ends them
  /// @param python whether strings stand between quotation marks and keys of the outermost level
  ///   before an equals sign
  LooseArguments(AnswerReader reader, char close, boolean python) {
    this.reader = reader;
    this.python = python;
    open.push(close);
  }

  /// Tells their beginning.
  void begin() {
    out("{");
  }

  private void out(String json) {
    reader.pieces().arguments(json);
  }

  /// A marker that begins or ends a string.
  JsonProgress.Step quotation() {
    if (quote != 0) {
      return endString();
    }
    return bare.toString().isBlank() ? beginString('m') : JsonProgress.Step.BROKEN;
  }

  /// What was read and not told.
  String unread() {
    return bare.toString();
  }

  /// Whether a string is open.
  boolean quoted() {
    return quote != 0;
  }

  /// The next character; `LAST` ends the arguments.
  JsonProgress.Step accept(char c) {
    if (quote != 0) {
      return inString(c);
    }
    return switch (expects) {
      case KEY -> key(c);
      case SEPARATOR -> separator(c);
      case VALUE -> value(c);
      case NEXT -> next(c);
    };
  }

  private JsonProgress.Step key(char c) {
    boolean array = open.getFirst() == ']';
    if (AnswerReader.blank(c) && bare.isEmpty()) {
      return JsonProgress.Step.MORE;
    }
    if (c == open.getFirst() && bare.isEmpty() && first) {
      return close();
    }
    if (array) {
      return item(c);
    }
    if (python && bare.isEmpty() && (c == '"' || c == '\'')) {
      return beginString(c);
    }
    if (c == ':' || c == '=') {
      comma();
      out(Json.quote(bare.toString().strip()) + ":");
      bare.setLength(0);
      expects = Expects.VALUE;
      return JsonProgress.Step.MORE;
    }
    if ("{}[](),\"".indexOf(c) >= 0 || bare.length() > 200) {
      return JsonProgress.Step.BROKEN;
    }
    bare.append(c);
    return JsonProgress.Step.MORE;
  }

  private JsonProgress.Step item(char c) {
    comma();
    expects = Expects.VALUE;
    return value(c);
  }

  private void comma() {
    if (!first) {
      out(",");
    }
    first = false;
  }

  private JsonProgress.Step separator(char c) {
    if (AnswerReader.blank(c)) {
      return JsonProgress.Step.MORE;
    }
    if (c != ':' && c != '=') {
      return JsonProgress.Step.BROKEN;
    }
    out(":");
    expects = Expects.VALUE;
    return JsonProgress.Step.MORE;
  }

  private JsonProgress.Step value(char c) {
    if (bare.isEmpty()) {
      if (AnswerReader.blank(c)) {
        return JsonProgress.Step.MORE;
      }
      if (python && (c == '"' || c == '\'')) {
        return beginString(c);
      }
      if (c == '{' || c == '[') {
        if (open.size() == DEEPEST) {
          return JsonProgress.Step.BROKEN;
        }
        open.push(c == '{' ? '}' : ']');
        out(String.valueOf(c));
        first = true;
        expects = Expects.KEY;
        return JsonProgress.Step.MORE;
      }
    }
    if (c == ',' || c == open.getFirst()) {
      if (bare.toString().isBlank()) {
        return JsonProgress.Step.BROKEN;
      }
      out(literal(bare.toString().strip()));
      bare.setLength(0);
      expects = Expects.NEXT;
      return next(c);
    }
    if ("{}[]()\"".indexOf(c) >= 0) {
      return JsonProgress.Step.BROKEN;
    }
    bare.append(c);
    return JsonProgress.Step.MORE;
  }

  private static String literal(String word) {
    return switch (word) {
      case "True" -> "true";
      case "False" -> "false";
      case "None" -> "null";
      default -> Json.read(word).isPresent() ? word : Json.quote(word);
    };
  }

  private JsonProgress.Step next(char c) {
    if (AnswerReader.blank(c)) {
      return JsonProgress.Step.MORE;
    }
    if (c == ',') {
      expects = Expects.KEY;
      return JsonProgress.Step.MORE;
    }
    return c == open.getFirst() ? close() : JsonProgress.Step.BROKEN;
  }

  private JsonProgress.Step close() {
    char closed = open.pop();
    if (open.isEmpty()) {
      out("}");
      reader.pieces().callEnded();
      return JsonProgress.Step.LAST;
    }
    out(String.valueOf(closed));
    first = false;
    expects = Expects.NEXT;
    return JsonProgress.Step.MORE;
  }

  private JsonProgress.Step beginString(char by) {
    boolean array = open.getFirst() == ']';
    if (expects == Expects.KEY) {
      comma();
      inKey = !array;
    } else if (expects == Expects.VALUE) {
      inKey = false;
    } else {
      return JsonProgress.Step.BROKEN;
    }
    quote = by;
    bare.setLength(0);
    out("\"");
    return JsonProgress.Step.MORE;
  }

  private JsonProgress.Step endString() {
    quote = 0;
    out("\"");
    expects = inKey ? Expects.SEPARATOR : Expects.NEXT;
    return JsonProgress.Step.MORE;
  }

  private JsonProgress.Step inString(char c) {
    if (quote == 'm') {
      out(escape(c));
      return JsonProgress.Step.MORE;
    }
    if (hex > 0) {
      return hex(c);
    }
    if (escaped) {
      escaped = false;
      if (c == 'u') {
        hex = 4;
        return JsonProgress.Step.MORE;
      }
      switch (c) {
        case 'n', 't', 'r', 'b', 'f', '"', '\\' -> out("\\" + c);
        case '\'' -> out("'");
        default -> out("\\\\" + escape(c));
      }
      return JsonProgress.Step.MORE;
    }
    if (c == quote) {
      return endString();
    }
    if (c == '\\') {
      escaped = true;
    } else {
      out(escape(c));
    }
    return JsonProgress.Step.MORE;
  }

  private JsonProgress.Step hex(char c) {
    if (Character.digit(c, 16) < 0 || c > 'f') {
      return JsonProgress.Step.BROKEN;
    }
    bare.append(c);
    if (--hex == 0) {
      out("\\u" + bare);
      bare.setLength(0);
    }
    return JsonProgress.Step.MORE;
  }

  /// A character within a JSON string.
  static String escape(char c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c);
    };
  }
}
