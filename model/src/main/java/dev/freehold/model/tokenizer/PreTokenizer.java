package dev.freehold.model.tokenizer;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a byte-level tokenizer cuts text into the pieces within which it merges.
///
/// @param patterns applied one after the other: the first cuts the text, the next cuts what lies
///   between its matches' borders
/// @param wholeWords whether a piece that is a token as it stands is taken so, without merging
/// @param composes whether text is first brought into normalisation form C
/// @param inLines whether pieces of the first pattern begin where it matches, and go on to where it
///   matches next
/// @param cutsBytes whether bytes that are written as numbers are cut from those that are not, be
///   they within a character
record PreTokenizer(
    List<Pattern> patterns,
    boolean wholeWords,
    boolean composes,
    boolean inLines,
    boolean cutsBytes) {

  static PreTokenizer of(String... patterns) {
    // White space is Unicode's, as in the pattern languages these were written for.
    return new PreTokenizer(
        List.of(patterns).stream()
            .map(pattern -> Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS))
            .toList(),
        false,
        false,
        false,
        false);
  }

  PreTokenizer whole() {
    return new PreTokenizer(patterns, true, composes, inLines, cutsBytes);
  }

  PreTokenizer composing() {
    return new PreTokenizer(patterns, wholeWords, true, inLines, cutsBytes);
  }

  PreTokenizer startingLines() {
    return new PreTokenizer(patterns, wholeWords, composes, true, cutsBytes);
  }

  PreTokenizer cuttingBytes() {
    return new PreTokenizer(patterns, wholeWords, composes, inLines, true);
  }

  /// Gives each piece, as start and end, in order; together they are the whole text.
  void cut(String text, BiConsumer<Integer, Integer> piece) {
    cut(text, 0, text.length(), 0, piece);
  }

  private void cut(String text, int start, int end, int stage, BiConsumer<Integer, Integer> piece) {
    if (stage == patterns.size()) {
      if (start < end) {
        piece.accept(start, end);
      }
      return;
    }
    boolean begins = inLines && stage == 0;
    Matcher matcher = patterns.get(stage).matcher(text).region(start, end);
    int from = start;
    while (matcher.find()) {
      cut(text, from, matcher.start(), stage + 1, piece);
      from = matcher.start();
      if (!begins) {
        cut(text, from, matcher.end(), stage + 1, piece);
        from = matcher.end();
      }
    }
    cut(text, from, end, stage + 1, piece);
  }

  /// Where the bytes from `start` on are cut next; their number where nowhere.
  int nextCut(byte[] bytes, int start) {
    if (!cutsBytes) {
      return bytes.length;
    }
    int end = start + 1;
    while (end < bytes.length && isNumber(bytes[end]) == isNumber(bytes[start])) {
      end++;
    }
    return end;
  }

  /// Whether the letter that stands for a byte is a number: digits, and the superscripts and
  /// fractions of Latin-1.
  private static boolean isNumber(byte value) {
    int letter = value & 0xFF;
    return (letter >= '0' && letter <= '9')
        || letter == 0xB2
        || letter == 0xB3
        || letter == 0xB9
        || (letter >= 0xBC && letter <= 0xBE);
  }
}
