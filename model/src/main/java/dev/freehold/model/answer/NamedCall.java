package dev.freehold.model.answer;

import java.util.Set;
import java.util.regex.Pattern;

/// A name and then its arguments as JSON: `[TOOL_CALLS]name[ARGS]{…}` of Mistral, where a list of
/// objects may stand instead, and DeepSeek's calls.
final class NamedCall implements Part {

  private static final Pattern BETWEEN = Pattern.compile("([A-Za-z0-9_-]*\\s*)?\\x00|```(json)?");
  private static final int LONGEST_NAME = 200;

  /// The markers of one family.
  ///
  /// @param open before each call
  /// @param separators each ends the name or what stands between it and the arguments
  /// @param close after calls; they mean nothing more
  /// @param lists whether a list of objects may stand instead
  record Form(String open, Set<String> separators, Set<String> close, boolean lists) {}

  private enum Expects {
    NAME,
    ARGUMENTS,
    AFTER
  }

  private final AnswerReader reader;
  private final Form form;
  private final StringBuilder raw;
  private final StringBuilder name = new StringBuilder();
  private Expects expects = Expects.NAME;
  private Arguments arguments;
  private boolean begun;

  /// @param before white space before the marker
  NamedCall(AnswerReader reader, Form form, String before, String marker) {
    this.reader = reader;
    this.form = form;
    this.raw = new StringBuilder(before).append(marker);
    this.arguments = new Arguments(reader);
  }

  @Override
  public Set<String> markers() {
    return expects == Expects.ARGUMENTS && arguments.open() ? Set.of() : reader.allMarkers();
  }

  @Override
  public void accept(char c) {
    switch (expects) {
      case NAME -> name(c);
      case ARGUMENTS -> arguments(c);
      case AFTER -> {
        if (!AnswerReader.blank(c) && c != '`') {
          leave();
          reader.goOn().accept(c);
        }
      }
    }
  }

  private void name(char c) {
    if (name.toString().isBlank() && form.lists() && (c == '[' || c == '{')) {
      reader.go(CallList.after(reader, "", raw.toString(), "")).accept(c);
      return;
    }
    if (c == '{') {
      expects = Expects.ARGUMENTS;
      arguments(c);
      return;
    }
    raw.append(c);
    name.append(c);
    if (name.length() > LONGEST_NAME) {
      leave();
    }
  }

  private void arguments(char c) {
    if (!begun && c != '{') {
      // DeepSeek's calls have a kind before the name and a fence before the arguments.
      name(c);
      return;
    }
    if (!begun) {
      String called = called();
      if (!reader.offered(called)) {
        raw.append(c);
        leave();
        return;
      }
      begun = true;
      reader.pieces().callBegun(called);
    }
    switch (arguments.accept(c)) {
      case MORE -> {}
      case LAST -> expects = Expects.AFTER;
      case BROKEN, AFTER -> {
        leave();
        reader.goOn().accept(c);
      }
    }
  }

  private String called() {
    String all = name.toString().strip();
    int line = all.indexOf('\n');
    if (line < 0) {
      return all;
    }
    // An id or the opening of a fence; with anything else it is no call.
    return BETWEEN.matcher(all.substring(line).strip()).matches()
        ? all.substring(0, line).strip()
        : "";
  }

  private void leave() {
    Prose prose = reader.goOn();
    if (begun) {
      prose.resume();
    } else {
      prose.say(raw);
    }
  }

  @Override
  public void marker(String marker) {
    if (expects != Expects.AFTER && !begun && form.separators().contains(marker)) {
      raw.append(marker);
      // What stands before DeepSeek's name is the kind of call, and before Mistral's arguments an
      // id.
      String kind = name.toString().strip();
      if (kind.equals("function")) {
        name.setLength(0);
      } else {
        name.append(marker.equals("[CALL_ID]") ? "\n" : "\n\u0000");
      }
      return;
    }
    if (expects == Expects.AFTER && form.close().contains(marker)) {
      return;
    }
    leave();
    reader.goOn().marker(marker);
  }

  @Override
  public void end() {
    leave();
    reader.goOn().end();
  }
}
