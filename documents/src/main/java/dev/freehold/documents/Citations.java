package dev.freehold.documents;

import java.util.ArrayList;
import java.util.List;

/// Checks the citations of an answer while it streams: `[2]`, `[1, 2]`, `[1][3]`.
///
/// A number that names a passage stays in the text and is told once as a [Piece.Citation]; one that
/// names none is taken out of the text, and so is the bracket where nothing is left in it. A marker
/// may be cut anywhere between two deltas: what may still become one is held back until it is
/// decided. Brackets that hold anything else than numbers are left as they are.
///
/// One object an answer; used by one thread.
public final class Citations {

  private static final int LONGEST_MARKER = 40;

  private final int passages;
  private final StringBuilder held = new StringBuilder();
  private final boolean[] told;

  // Whether the text shown so far ends in an opened bracket with nothing but numbers in it.
  private boolean dangling;

  /// @param passages how many passages the prompt holds; numbers 1 to this are right
  public Citations(int passages) {
    this.passages = passages;
    this.told = new boolean[passages + 1];
  }

  /// A checked piece of an answer.
  public sealed interface Piece {
    /// Text to show, markers of right citations included.
    record Text(String text) implements Piece {}

    /// The passage of this number is cited for the first time; follows the text with its marker.
    record Citation(int number) implements Piece {}
  }

  /// Takes the next delta and gives what is decided by now.
  public List<Piece> accept(String delta) {
    List<Piece> pieces = new ArrayList<>();
    var text = new StringBuilder();
    for (int i = 0; i < delta.length(); i++) {
      char c = delta.charAt(i);
      if (held.isEmpty()) {
        hold(c, text);
      } else if (c == ']' && held.charAt(held.length() - 1) != ' ' && hasDigit()) {
        marker(text, pieces);
      } else if (held.charAt(0) == ' ' && held.length() == 1) {
        if (c == '[') {
          held.append(c);
        } else {
          release(text);
          hold(c, text);
        }
      } else if ((Character.isDigit(c) || c == ',' || c == ' ' || c == ';')
          && held.length() < LONGEST_MARKER) {
        held.append(c);
      } else {
        release(text);
        hold(c, text);
      }
    }
    flush(text, pieces);
    return pieces;
  }

  /// Ends the answer and gives what was held back.
  public List<Piece> finish() {
    List<Piece> pieces = new ArrayList<>();
    var text = new StringBuilder();
    release(text);
    flush(text, pieces);
    return pieces;
  }

  // A blank is held too, so that a marker that vanishes takes the blank before it along.
  private void hold(char c, StringBuilder text) {
    if (c == '[' || c == ' ') {
      held.append(c);
    } else {
      text.append(c);
      dangling &= Character.isDigit(c) || c == ',' || c == ';';
    }
  }

  private boolean hasDigit() {
    return held.chars().anyMatch(Character::isDigit);
  }

  private void release(StringBuilder text) {
    dangling |= held.indexOf("[") >= 0;
    text.append(held);
    held.setLength(0);
  }

  private void marker(StringBuilder text, List<Piece> pieces) {
    String written = held.toString();
    held.setLength(0);
    boolean blank = written.charAt(0) == ' ';
    List<Integer> right = new ArrayList<>();
    for (String number : written.substring(blank ? 2 : 1).split("[,; ]+", -1)) {
      int value = number.isEmpty() || number.length() > 6 ? 0 : Integer.parseInt(number);
      if (value >= 1 && value <= passages && !right.contains(value)) {
        right.add(value);
      }
    }
    if (right.isEmpty()) {
      // What stands before and after must not become a marker by this one's going.
      text.append(dangling ? " " : "");
      return;
    }
    dangling = false;
    if (blank) {
      text.append(' ');
    }
    for (int number : right) {
      text.append('[').append(number).append(']');
      if (!told[number]) {
        told[number] = true;
        flush(text, pieces);
        pieces.add(new Piece.Citation(number));
      }
    }
  }

  private static void flush(StringBuilder text, List<Piece> pieces) {
    if (!text.isEmpty()) {
      pieces.add(new Piece.Text(text.toString()));
      text.setLength(0);
    }
  }
}
