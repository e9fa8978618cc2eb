package dev.freehold.model.tokenizer;

/// Turns the bytes of tokens into text as they come: a character appears when its last byte has.
///
/// Bytes that are no UTF-8 become U+FFFD, one for each longest beginning of a character, as Unicode
/// recommends and the tokenizers of other languages do; Java's own decoder makes one of a
/// surrogate's three bytes. Not thread-safe.
///
/// Source: the UTF-8 decoder of the WHATWG's Encoding standard.
public final class Utf8Decoder {

  private static final char REPLACEMENT = '\uFFFD';

  /// Bytes that the character begun still needs, and what it is so far.
  private int needed;

  private int point;

  /// What the next byte of it may be.
  private int lowest = 0x80;

  private int highest = 0xBF;

  /// A decoder at the beginning of a text.
  public Utf8Decoder() {}

  /// The characters these bytes complete.
  public String append(byte[] bytes) {
    var text = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      int value = b & 0xFF;
      if (needed > 0 && (value < lowest || value > highest)) {
        text.append(end());
      }
      if (needed == 0) {
        begin(value, text);
      } else {
        go(value, text);
      }
    }
    return text.toString();
  }

  /// What is left: U+FFFD if the text ends inside a character.
  public String end() {
    boolean open = needed > 0;
    needed = 0;
    lowest = 0x80;
    highest = 0xBF;
    return open ? String.valueOf(REPLACEMENT) : "";
  }

  private void begin(int value, StringBuilder text) {
    if (value < 0x80) {
      text.append((char) value);
    } else if (value >= 0xC2 && value <= 0xDF) {
      needed = 1;
      point = value & 0x1F;
    } else if (value >= 0xE0 && value <= 0xEF) {
      needed = 2;
      point = value & 0xF;
      lowest = value == 0xE0 ? 0xA0 : 0x80;
      highest = value == 0xED ? 0x9F : 0xBF; // Surrogates are no characters.
    } else if (value >= 0xF0 && value <= 0xF4) {
      needed = 3;
      point = value & 0x7;
      lowest = value == 0xF0 ? 0x90 : 0x80;
      highest = value == 0xF4 ? 0x8F : 0xBF;
    } else {
      text.append(REPLACEMENT);
    }
  }

  private void go(int value, StringBuilder text) {
    lowest = 0x80;
    highest = 0xBF;
    point = point << 6 | (value & 0x3F);
    needed--;
    if (needed == 0) {
      text.appendCodePoint(point);
    }
  }
}
