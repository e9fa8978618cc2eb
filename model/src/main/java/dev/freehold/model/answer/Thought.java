package dev.freehold.model.answer;

import java.util.Set;

/// What the model thinks before it speaks, without the white space around it.
final class Thought implements Part {

  private final AnswerReader reader;
  private final String close;
  private final StringBuilder spaces = new StringBuilder();
  private String title;
  private boolean begun;

  /// @param title a word that belongs to the marker before it and is left out; may be empty
  /// @param close the marker after it
  Thought(AnswerReader reader, String title, String close) {
    this.reader = reader;
    this.title = title;
    this.close = close;
  }

  @Override
  public Set<String> markers() {
    return Set.of(close);
  }

  @Override
  public void accept(char c) {
    if (!title.isEmpty() && title.charAt(0) == c) {
      title = title.substring(1);
      return;
    }
    title = "";
    if (AnswerReader.blank(c)) {
      spaces.append(c);
      return;
    }
    if (begun) {
      reader.pieces().reasoning(spaces);
    }
    spaces.setLength(0);
    begun = true;
    reader.pieces().reasoning(String.valueOf(c));
  }

  @Override
  public void marker(String marker) {
    if (marker.equals(close)) {
      reader.goOn();
      return;
    }
    for (int i = 0; i < marker.length(); i++) {
      accept(marker.charAt(i));
    }
  }

  @Override
  public void end() {}
}
