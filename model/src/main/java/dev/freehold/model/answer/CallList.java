package dev.freehold.model.answer;

import java.util.Set;

/// Calls as JSON objects between markers, alone or in a list: Hermes and Qwen, Mistral, Llama 3.
final class CallList implements Part {

  private final AnswerReader reader;
  private final String before;
  private final String close;
  private final boolean bare;
  private final StringBuilder unread = new StringBuilder();
  private ObjectCall call;
  private boolean reading;
  private boolean called;

  private CallList(AnswerReader reader, String before, String open, String close, boolean bare) {
    this.reader = reader;
    this.before = before + open;
    this.close = close;
    this.bare = bare;
    this.call = new ObjectCall(reader);
  }

  /// @param before white space before the marker
  /// @param close the marker that ends it; empty where nothing does
  static CallList after(AnswerReader reader, String before, String open, String close) {
    return new CallList(reader, before, open, close, false);
  }

  /// Calls without any marker.
  static CallList bare(AnswerReader reader, String before) {
    return new CallList(reader, before, "", "", true);
  }

  @Override
  public Set<String> markers() {
    return reading || close.isEmpty() ? Set.of() : Set.of(close);
  }

  @Override
  public void accept(char c) {
    if (reading) {
      inside(c);
      return;
    }
    if (c == '{') {
      call = new ObjectCall(reader);
      reading = true;
      inside(c);
    } else if (AnswerReader.blank(c)
        || (!called && !bare && c == '[')
        || (called && (c == ',' || c == ']' || c == ';'))) {
      unread.append(c);
    } else {
      leave("");
      reader.goOn().accept(c);
    }
  }

  private void inside(char c) {
    switch (call.accept(c)) {
      case MORE -> {}
      case LAST -> {
        reading = false;
        called = true;
        unread.setLength(0);
      }
      case BROKEN, AFTER -> {
        leave(call.raw());
      }
    }
  }

  /// Goes on with prose, and says what was read in vain.
  private void leave(String raw) {
    Prose prose = reader.goOn();
    if (!called && !call.begun()) {
      prose.say(before + unread + raw);
    } else {
      prose.resume();
      // Separators between calls are no loss.
      prose.say(raw.isEmpty() || call.begun() ? raw : unread + raw);
    }
    unread.setLength(0);
  }

  @Override
  public void marker(String marker) {
    if (!reading && called && marker.equals(close)) {
      reader.goOn().resume();
      return;
    }
    leave(reading ? call.raw() : "");
    reader.goOn().marker(marker);
  }

  @Override
  public void end() {
    leave(reading ? call.raw() : "");
    reader.goOn().end();
  }
}
