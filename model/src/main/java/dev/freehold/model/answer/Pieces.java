package dev.freehold.model.answer;

/// Joins characters of one kind to pieces on their way to a sink. Not thread-safe.
final class Pieces {

  private enum Kind {
    TEXT,
    REASONING,
    ARGUMENTS
  }

  private final AnswerSink sink;
  private final StringBuilder piece = new StringBuilder();
  private Kind kind = Kind.TEXT;
  private int callsEnded;

  Pieces(AnswerSink sink) {
    this.sink = sink;
  }

  void text(CharSequence text) {
    add(Kind.TEXT, text);
  }

  void reasoning(CharSequence text) {
    add(Kind.REASONING, text);
  }

  void arguments(CharSequence text) {
    add(Kind.ARGUMENTS, text);
  }

  void callBegun(String name) {
    flush();
    sink.callBegun(name);
  }

  void callEnded() {
    flush();
    callsEnded++;
    sink.callEnded();
  }

  int callsEnded() {
    return callsEnded;
  }

  private void add(Kind next, CharSequence text) {
    if (next != kind) {
      flush();
      kind = next;
    }
    piece.append(text);
  }

  /// Gives what is held.
  void flush() {
    if (piece.isEmpty()) {
      return;
    }
    String text = piece.toString();
    piece.setLength(0);
    switch (kind) {
      case TEXT -> sink.text(text);
      case REASONING -> sink.reasoning(text);
      case ARGUMENTS -> sink.arguments(text);
    }
  }
}
