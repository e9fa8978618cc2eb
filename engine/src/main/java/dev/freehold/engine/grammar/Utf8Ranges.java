package dev.freehold.engine.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A set of code points as sequences of byte ranges that UTF-8 writes them in.
final class Utf8Ranges {

  /// A byte from `low` to `high`, both inclusive.
  record Step(int low, int high) {}

  /// The largest code point of one, two and three bytes.
  private static final int[] LARGEST = {0x7F, 0x7FF, 0xFFFF};

  private Utf8Ranges() {}

  /// Tells all sequences that together make up the set.
  static void of(CodePoints set, Consumer<List<Step>> tell) {
    for (CodePoints.Range range : set.ranges()) {
      int low = range.low();
      for (int largest : LARGEST) {
        if (low <= largest && low <= range.high()) {
          split(low, Math.min(range.high(), largest), tell);
          low = largest + 1;
        }
      }
      if (low <= range.high()) {
        split(low, range.high(), tell);
      }
    }
  }

  private static void split(int low, int high, Consumer<List<Step>> tell) {
    byte[] first = bytes(low);
    for (int i = 1; i < first.length; i++) {
      int mask = (1 << (6 * i)) - 1;
      if ((low & ~mask) != (high & ~mask)) {
        if ((low & mask) != 0) {
          split(low, low | mask, tell);
          split((low | mask) + 1, high, tell);
          return;
        }
        if ((high & mask) != mask) {
          split(low, (high & ~mask) - 1, tell);
          split(high & ~mask, high, tell);
          return;
        }
      }
    }
    byte[] last = bytes(high);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < first.length; i++) {
      steps.add(new Step(first[i] & 0xFF, last[i] & 0xFF));
    }
    tell.accept(steps);
  }

  private static byte[] bytes(int codePoint) {
    return Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
  }
}
