package dev.freehold.model.answer;

import java.util.BitSet;
import java.util.regex.Pattern;

/// Follows one JSON value character by character (RFC 8259), no deeper than 128. Not thread-safe.
final class JsonProgress {

  /// What a character was.
  enum Step {
    /// Part of the value, which goes on.
    MORE,
    /// The value's last character.
    LAST,
    /// No part of it: the value, a number, had ended before.
    AFTER,
    /// No JSON.
    BROKEN
  }

  private enum Expects {
    VALUE,
    VALUE_OR_END,
    KEY,
    KEY_OR_END,
    COLON,
    NEXT,
    STRING,
    ESCAPE,
    HEX,
    NUMBER,
    WORD
  }

  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*+)(\\.[0-9]++)?([eE][+-]?[0-9]++)?");
  private static final int DEEPEST = 128;

  private final BitSet objects = new BitSet();
  private final StringBuilder scalar = new StringBuilder();
  private Expects expects = Expects.VALUE;
  private boolean key;
  private int depth;
  private int hex;
  private String word = "";

  Step accept(char c) {
    boolean space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    return switch (expects) {
      case VALUE -> space ? Step.MORE : begin(c);
      case VALUE_OR_END -> c == ']' ? close(false) : space ? Step.MORE : begin(c);
      case KEY -> space ? Step.MORE : key(c);
      case KEY_OR_END -> c == '}' ? close(true) : space ? Step.MORE : key(c);
      case COLON -> space ? Step.MORE : c == ':' ? go(Expects.VALUE) : Step.BROKEN;
      case NEXT -> space ? Step.MORE : next(c);
      case STRING -> string(c);
      case ESCAPE -> escape(c);
      case HEX -> hex(c);
      case NUMBER -> number(c, space);
      case WORD -> word(c);
    };
  }

  /// Whether the next character stands within a string.
  boolean inString() {
    return expects == Expects.STRING || expects == Expects.ESCAPE || expects == Expects.HEX;
  }

  private Step go(Expects next) {
    expects = next;
    return Step.MORE;
  }

  private Step begin(char c) {
    switch (c) {
      case '{', '[' -> {
        if (depth == DEEPEST) {
          return Step.BROKEN;
        }
        objects.set(depth++, c == '{');
        return go(c == '{' ? Expects.KEY_OR_END : Expects.VALUE_OR_END);
      }
      case '"' -> {
        key = false;
        return go(Expects.STRING);
      }
      case 't' -> word = "true";
      case 'f' -> word = "false";
      case 'n' -> word = "null";
      default -> {
        if (c != '-' && (c < '0' || c > '9')) {
          return Step.BROKEN;
        }
        scalar.setLength(0);
        scalar.append(c);
        return go(Expects.NUMBER);
      }
    }
    scalar.setLength(0);
    scalar.append(c);
    return go(Expects.WORD);
  }

  private Step key(char c) {
    key = true;
    return c == '"' ? go(Expects.STRING) : Step.BROKEN;
  }

  private Step next(char c) {
    boolean object = objects.get(depth - 1);
    if (c == ',') {
      return go(object ? Expects.KEY : Expects.VALUE);
    }
    return c == (object ? '}' : ']') ? close(object) : Step.BROKEN;
  }

  private Step close(boolean object) {
    if (objects.get(depth - 1) != object) {
      return Step.BROKEN;
    }
    depth--;
    return ended();
  }

  private Step ended() {
    if (depth == 0) {
      return Step.LAST;
    }
    return go(Expects.NEXT);
  }

  private Step string(char c) {
    if (c == '\\') {
      return go(Expects.ESCAPE);
    }
    if (c == '"') {
      return key ? go(Expects.COLON) : ended();
    }
    return c < ' ' ? Step.BROKEN : Step.MORE;
  }

  private Step escape(char c) {
    if (c == 'u') {
      hex = 4;
      return go(Expects.HEX);
    }
    return "\"\\/bfnrt".indexOf(c) >= 0 ? go(Expects.STRING) : Step.BROKEN;
  }

  private Step hex(char c) {
    if (Character.digit(c, 16) < 0 || c > 'f') {
      return Step.BROKEN;
    }
    return --hex == 0 ? go(Expects.STRING) : Step.MORE;
  }

  private Step number(char c, boolean space) {
    if ((c >= '0' && c <= '9') || "+-.eE".indexOf(c) >= 0) {
      scalar.append(c);
      return scalar.length() > 400 ? Step.BROKEN : Step.MORE;
    }
    if (!NUMBER.matcher(scalar).matches()) {
      return Step.BROKEN;
    }
    if (depth == 0) {
      return Step.AFTER;
    }
    expects = Expects.NEXT;
    return space ? Step.MORE : next(c);
  }

  private Step word(char c) {
    scalar.append(c);
    if (!word.startsWith(scalar.toString())) {
      return Step.BROKEN;
    }
    return scalar.length() == word.length() ? ended() : Step.MORE;
  }
}
