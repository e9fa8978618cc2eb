package dev.freehold.model.answer;

import java.util.Set;

/// Calls whose arguments are [LooseArguments]: Gemma's `call:name{…}` and Python's `[name(…), …]`.
final class LooseCall implements Part {

  private static final int LONGEST_NAME = 200;

  private enum Expects {
    NAME,
    ARGUMENTS,
    AFTER
  }

  private final AnswerReader reader;
  private final StringBuilder raw;
  private final String quote;
  private final String close;
  private final boolean python;
  private final StringBuilder name = new StringBuilder();
  private Expects expects = Expects.NAME;
  private LooseArguments arguments;
  private boolean begun;

  private LooseCall(
      AnswerReader reader, String before, String quote, String close, boolean python) {
    this.reader = reader;
    this.raw = new StringBuilder(before);
    this.quote = quote;
    this.close = close;
    this.python = python;
    this.arguments = new LooseArguments(reader, '}', python);
  }

  /// @param quote the marker around strings
  static LooseCall gemma(AnswerReader reader, String before, String quote, String close) {
    return new LooseCall(reader, before, quote, close, false);
  }

  /// @param close the marker that ends them; empty where nothing does
  static LooseCall python(AnswerReader reader, String before, String close) {
    return new LooseCall(reader, before, "", close, true);
  }

  @Override
  public Set<String> markers() {
    if (expects == Expects.ARGUMENTS && !quote.isEmpty()) {
      return arguments.quoted() ? Set.of(quote) : Set.of(quote, close);
    }
    return expects == Expects.ARGUMENTS || close.isEmpty() ? Set.of() : Set.of(close);
  }

  @Override
  public void accept(char c) {
    switch (expects) {
      case NAME -> name(c);
      case ARGUMENTS -> after(arguments.accept(c), String.valueOf(c));
      case AFTER -> {
        if (python && c == ',') {
          expects = Expects.NAME;
          raw.setLength(0);
          name.setLength(0);
          begun = false;
        } else if (!AnswerReader.blank(c) && c != ']') {
          leave();
          reader.goOn().accept(c);
        }
      }
    }
  }

  private void name(char c) {
    raw.append(c);
    if (c != (python ? '(' : '{')) {
      boolean opening = python && name.isEmpty() && (c == '[' || AnswerReader.blank(c));
      if (!opening) {
        name.append(c);
      }
      if (name.length() > LONGEST_NAME) {
        leave();
      }
      return;
    }
    String called = name.toString().strip();
    if (!python && called.startsWith("call:")) {
      called = called.substring(5).strip();
    }
    // Llama 3 calls the tools it was raised with by a method.
    if (python && called.endsWith(".call")) {
      called = called.substring(0, called.length() - 5);
    }
    if (!reader.offered(called)) {
      leave();
      return;
    }
    begun = true;
    reader.pieces().callBegun(called);
    arguments = new LooseArguments(reader, python ? ')' : '}', python);
    arguments.begin();
    expects = Expects.ARGUMENTS;
  }

  private void after(JsonProgress.Step step, String read) {
    switch (step) {
      case MORE -> {}
      case LAST -> expects = Expects.AFTER;
      case AFTER, BROKEN -> {
        leave();
        reader.goOn().say(read);
      }
    }
  }

  private void leave() {
    Prose prose = reader.goOn();
    if (begun) {
      prose.resume();
      if (expects == Expects.ARGUMENTS) {
        prose.say(arguments.unread());
      }
    } else {
      prose.say(raw);
    }
  }

  @Override
  public void marker(String marker) {
    if (expects == Expects.ARGUMENTS && marker.equals(quote)) {
      after(arguments.quotation(), marker);
    } else if (expects == Expects.AFTER && marker.equals(close)) {
      reader.goOn().resume();
    } else {
      leave();
      reader.goOn().marker(marker);
    }
  }

  @Override
  public void end() {
    leave();
    reader.goOn().end();
  }
}
