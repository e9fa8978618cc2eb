package dev.freehold.model.answer;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// OpenAI's harmony format: an answer is a row of messages with a channel each. `analysis` is
/// thinking, `final` is said, `commentary` is said too unless it is addressed to a function, which
/// makes it a call.
final class Harmony implements Part {

  static final String CHANNEL = "<|channel|>";
  static final String MESSAGE = "<|message|>";
  private static final Set<String> ENDS = Set.of("<|end|>", "<|call|>", "<|return|>");
  static final Set<String> MARKERS =
      Set.of(CHANNEL, MESSAGE, "<|start|>", "<|end|>", "<|call|>", "<|return|>", "<|constrain|>");

  /// The author, the channel, who is addressed (beside either), and the kind of content.
  private static final Pattern HEADER =
      Pattern.compile(
          "(?:<\\|start\\|>)?(?:assistant)?\\s*(?:to=(?<first>[^\\s<]+))?\\s*"
              + "(?:<\\|channel\\|>(?<channel>analysis|commentary|final)\\s*"
              + "(?:to=(?<second>[^\\s<]+))?\\s*(?:<\\|constrain\\|>)?\\s*(?:json|code)?)?\\s*");

  private static final int LONGEST_HEADER = 300;

  private enum Expects {
    HEADER,
    THOUGHT,
    TEXT,
    CALL,
    CALLED
  }

  private final AnswerReader reader;
  private final StringBuilder header = new StringBuilder();
  private Arguments arguments;
  private Expects expects = Expects.HEADER;

  Harmony(AnswerReader reader) {
    this.reader = reader;
    this.arguments = new Arguments(reader);
  }

  boolean thinking() {
    return expects == Expects.THOUGHT;
  }

  @Override
  public Set<String> markers() {
    return expects == Expects.CALL && arguments.open() ? Set.of() : MARKERS;
  }

  @Override
  public void accept(char c) {
    switch (expects) {
      case HEADER -> {
        header.append(c);
        if (header.length() > LONGEST_HEADER) {
          // No header at all.
          say(header);
        }
      }
      case THOUGHT -> reader.pieces().reasoning(String.valueOf(c));
      case TEXT -> reader.pieces().text(String.valueOf(c));
      case CALL -> {
        switch (arguments.accept(c)) {
          case MORE -> {}
          case LAST -> expects = Expects.CALLED;
          case AFTER, BROKEN -> say(String.valueOf(c));
        }
      }
      case CALLED -> {
        if (!AnswerReader.blank(c)) {
          say(String.valueOf(c));
        }
      }
    }
  }

  private void say(CharSequence text) {
    expects = Expects.TEXT;
    reader.pieces().text(text);
  }

  @Override
  public void marker(String marker) {
    if (expects == Expects.HEADER) {
      if (marker.equals(MESSAGE)) {
        body();
      } else if (!ENDS.contains(marker)) {
        header.append(marker);
      } else if (!header.isEmpty()) {
        say(header + marker);
      }
      return;
    }
    if (marker.equals("<|start|>") || marker.equals(CHANNEL)) {
      next();
      header.append(marker);
    } else if (ENDS.contains(marker)) {
      next();
    } else {
      say(marker);
    }
  }

  private void next() {
    expects = Expects.HEADER;
    header.setLength(0);
  }

  private void body() {
    Matcher matched = HEADER.matcher(header);
    if (!matched.matches()) {
      say(header + MESSAGE);
      return;
    }
    String recipient = matched.group(matched.group("first") == null ? "second" : "first");
    if (recipient == null) {
      expects = "analysis".equals(matched.group("channel")) ? Expects.THOUGHT : Expects.TEXT;
      return;
    }
    String name = recipient.replaceFirst("^functions\\.", "");
    if (!reader.offered(name)) {
      say(header + MESSAGE);
      return;
    }
    expects = Expects.CALL;
    arguments = new Arguments(reader);
    reader.pieces().callBegun(name);
  }

  @Override
  public void end() {
    if (expects == Expects.HEADER) {
      say(header);
    }
  }
}
