package dev.freehold.engine.grammar;

import java.util.ArrayList;
import java.util.List;

/// What stands between the brackets of a regular expression's character class.
final class CharacterClass {

  private final RegularExpression source;

  CharacterClass(RegularExpression source) {
    this.source = source;
  }

  /// Reads behind the opening bracket and over the closing one.
  CodePoints read() {
    boolean not = source.take('^');
    List<CodePoints> sets = new ArrayList<>();
    while (!source.take(']')) {
      source.takes(Size.LETTER);
      CodePoints low = member();
      if (source.take('-')) {
        if (source.peek() == ']') {
          sets.add(low);
          sets.add(CodePoints.anyOf("-"));
          continue;
        }
        sets.add(range(low, member()));
      } else {
        sets.add(low);
      }
    }
    CodePoints set = CodePoints.anyOf(sets);
    return not ? set.complement() : set;
  }

  private CodePoints range(CodePoints low, CodePoints high) {
    if (!isOne(low) || !isOne(high)) {
      throw source.wrong("a range between sets");
    }
    int first = low.ranges().getFirst().low();
    int last = high.ranges().getFirst().low();
    if (first > last) {
      throw source.wrong("a range that goes backwards");
    }
    return CodePoints.of(first, last);
  }

  private static boolean isOne(CodePoints set) {
    return set.ranges().size() == 1
        && set.ranges().getFirst().low() == set.ranges().getFirst().high();
  }

  private CodePoints member() {
    int c = source.takeCodePoint();
    if (c != '\\') {
      return CodePoints.anyOf(Character.toString(c));
    }
    if (source.take('b')) {
      return CodePoints.anyOf("\b");
    }
    if (source.take('-')) {
      return CodePoints.anyOf("-");
    }
    return source.escapedSet();
  }
}
