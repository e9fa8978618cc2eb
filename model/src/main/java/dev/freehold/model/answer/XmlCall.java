package dev.freehold.model.answer;

import dev.freehold.model.text.Json;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Calls as Qwen3-Coder writes them: `<tool_call><function=name><parameter=key>value</parameter>
/// </function></tool_call>`. A value is text where the tool's schema says so, and JSON otherwise.
final class XmlCall implements Part {

  static final String FUNCTION = "<function=";
  static final String PARAMETER = "<parameter=";
  private static final String PARAMETER_END = "</parameter>";
  private static final String FUNCTION_END = "</function>";
  static final Set<String> MARKERS =
      Set.of("<tool_call>", "</tool_call>", FUNCTION, PARAMETER, PARAMETER_END, FUNCTION_END);
  private static final int LONGEST_NAME = 200;

  private enum Expects {
    FUNCTION,
    NAME,
    PARAMETER,
    KEY,
    VALUE,
    AFTER
  }

  private final AnswerReader reader;
  private final String close;
  private final StringBuilder raw;
  private final StringBuilder word = new StringBuilder();
  private Expects expects;
  private JsonNode properties;
  private boolean begun;
  private boolean first = true;
  private boolean text;
  private boolean json;
  private JsonProgress progress = new JsonProgress();
  private boolean valueBegun;
  private String lineEnd = "";

  /// @param before white space before the marker
  /// @param open the marker that led here: of calls, or of a function at once
  XmlCall(AnswerReader reader, String before, String open, String close) {
    this.reader = reader;
    this.close = close;
    this.raw = new StringBuilder(before).append(open);
    this.expects = open.equals(FUNCTION) ? Expects.NAME : Expects.FUNCTION;
    this.properties = reader.properties("");
  }

  @Override
  public Set<String> markers() {
    return switch (expects) {
      case FUNCTION -> Set.of(FUNCTION, close);
      case NAME, KEY -> Set.of();
      case PARAMETER -> Set.of(PARAMETER, FUNCTION_END, close);
      // Within a string of JSON nothing is markup.
      case VALUE -> !text && json && progress.inString() ? Set.of() : Set.of(PARAMETER_END);
      case AFTER -> Set.of(close, FUNCTION);
    };
  }

  @Override
  public void accept(char c) {
    if (!begun) {
      raw.append(c);
    }
    switch (expects) {
      case NAME, KEY -> name(c);
      case VALUE -> value(c);
      case FUNCTION, PARAMETER -> {
        if (!AnswerReader.blank(c)) {
          broken(String.valueOf(c));
        }
      }
      case AFTER -> {
        if (!AnswerReader.blank(c)) {
          leave();
          reader.goOn().accept(c);
        }
      }
    }
  }

  private void name(char c) {
    if (c != '>') {
      word.append(c);
      if (word.length() > LONGEST_NAME || c == '\n') {
        broken(begun ? word.toString() : "");
      }
      return;
    }
    String name = word.toString().strip();
    word.setLength(0);
    if (expects == Expects.NAME) {
      if (!reader.offered(name)) {
        broken("");
        return;
      }
      begun = true;
      properties = reader.properties(name);
      reader.pieces().callBegun(name);
      reader.pieces().arguments("{");
      expects = Expects.PARAMETER;
      return;
    }
    text = AnswerFormat.isPlainText(properties.path(name));
    progress = new JsonProgress();
    json = true;
    reader.pieces().arguments((first ? "" : ",") + Json.quote(name) + ":" + (text ? "\"" : ""));
    first = false;
    valueBegun = false;
    lineEnd = "";
    expects = Expects.VALUE;
  }

  private void value(char c) {
    if (!valueBegun) {
      valueBegun = true;
      if (c == '\n') {
        return;
      }
    }
    // The last line's end belongs to the form.
    String read = lineEnd;
    lineEnd = "";
    if (c == '\n') {
      lineEnd = "\n";
    } else {
      read += c;
    }
    if (!text) {
      word.append(read);
      for (int i = 0; json && i < read.length(); i++) {
        JsonProgress.Step step = progress.accept(read.charAt(i));
        json = step == JsonProgress.Step.MORE;
      }
      return;
    }
    for (int i = 0; i < read.length(); i++) {
      reader.pieces().arguments(LooseArguments.escape(read.charAt(i)));
    }
  }

  private void endOfValue() {
    if (text) {
      reader.pieces().arguments("\"");
    } else {
      String value = word.toString().strip();
      String json =
          switch (value) {
            case "True" -> "true";
            case "False" -> "false";
            case "None" -> "null";
            default -> value;
          };
      reader.pieces().arguments(Json.read(json).isPresent() ? json : Json.quote(value));
    }
    word.setLength(0);
    expects = Expects.PARAMETER;
  }

  /// Says what was read in vain.
  private void broken(String read) {
    Prose prose = reader.goOn();
    if (begun) {
      prose.resume();
      prose.say(read);
    } else {
      prose.say(raw);
    }
  }

  private void leave() {
    if (begun) {
      Prose prose = reader.goOn();
      prose.resume();
      prose.say(word);
    } else {
      broken("");
    }
  }

  @Override
  public void marker(String marker) {
    if (!begun) {
      raw.append(marker);
    }
    switch (expects) {
      case FUNCTION -> {
        if (marker.equals(FUNCTION)) {
          expects = Expects.NAME;
          return;
        }
        broken("");
      }
      case PARAMETER -> {
        if (marker.equals(PARAMETER)) {
          expects = Expects.KEY;
        } else if (marker.equals(FUNCTION_END)) {
          reader.pieces().arguments("}");
          reader.pieces().callEnded();
          expects = Expects.AFTER;
        } else {
          broken(marker);
        }
      }
      case VALUE -> {
        if (marker.equals(PARAMETER_END)) {
          endOfValue();
          return;
        }
        for (int i = 0; i < marker.length(); i++) {
          value(marker.charAt(i));
        }
      }
      case AFTER -> {
        if (marker.equals(close)) {
          reader.goOn().resume();
        } else if (marker.equals(FUNCTION)) {
          reader.go(new XmlCall(reader, "", FUNCTION, close));
        } else {
          leave();
          reader.goOn().marker(marker);
        }
      }
      case NAME, KEY -> broken(marker);
    }
  }

  @Override
  public void end() {
    leave();
    reader.goOn().end();
  }
}
