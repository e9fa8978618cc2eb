package dev.freehold.model.answer;

import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/// What the model says to the one who asked. White space before a call, after one, and between
/// thinking and speaking belongs to the form and is left out.
final class Prose implements Part {

  private final AnswerReader reader;
  private final Map<String, BiConsumer<String, String>> openings;
  private final boolean bareCalls;
  private final StringBuilder spaces = new StringBuilder();
  private boolean said;
  private boolean formBefore;
  private boolean callsFirst;

  /// @param openings what each marker begins, given the white space before it and the marker
  /// @param bareCalls whether an answer that begins with a brace may be a call
  Prose(AnswerReader reader, Map<String, BiConsumer<String, String>> openings, boolean bareCalls) {
    this.reader = reader;
    this.openings = openings;
    this.bareCalls = bareCalls;
  }

  /// Whether nothing but white space was said so far.
  boolean silent() {
    return !said;
  }

  /// From now on nothing begins after something was said.
  void callsFirst() {
    callsFirst = true;
  }

  /// Goes on after something that was no prose.
  void resume() {
    formBefore = true;
    spaces.setLength(0);
  }

  /// Says what turned out to be no call after all.
  void say(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
  }

  private void put(char c) {
    if (AnswerReader.blank(c)) {
      spaces.append(c);
      return;
    }
    if (!formBefore) {
      reader.pieces().text(spaces);
    }
    spaces.setLength(0);
    said = true;
    formBefore = false;
    reader.pieces().text(String.valueOf(c));
  }

  @Override
  public Set<String> markers() {
    return openings.keySet();
  }

  @Override
  public void accept(char c) {
    if (bareCalls && c == '{' && !said) {
      String before = spaces.toString();
      spaces.setLength(0);
      reader.go(CallList.bare(reader, before)).accept(c);
      return;
    }
    put(c);
  }

  @Override
  public void marker(String marker) {
    BiConsumer<String, String> opening = openings.get(marker);
    if (opening == null || (callsFirst && said)) {
      say(marker);
      return;
    }
    String before = formBefore ? "" : spaces.toString();
    spaces.setLength(0);
    opening.accept(before, marker);
  }

  @Override
  public void end() {
    if (!formBefore) {
      reader.pieces().text(spaces);
    }
  }
}
