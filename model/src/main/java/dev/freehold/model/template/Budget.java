package dev.freehold.model.template;

/// What is left of one rendering's [Limits]. Not thread-safe.
final class Budget {

  /// Deepest nesting of expressions, statements and values: far above what templates use and far
  /// below what a thread's stack holds.
  private static final int DEPTH = 400;

  private static final int PER_ENTRY = 8;

  private final Limits limits;
  private long steps;
  private long allocated;
  private int depth;

  Budget(Limits limits) {
    this.limits = limits;
  }

  void step() {
    if (++steps > limits.steps()) {
      throw TemplateFailure.limit("it takes more than %d steps".formatted(limits.steps()));
    }
  }

  /// Pays for characters before they are made.
  void allocate(long count) {
    // Clamped so that no count, however large, can overflow the sum.
    allocated += Math.clamp(count, 0, Long.MAX_VALUE / 4);
    if (allocated > limits.allocatedCharacters()) {
      throw TemplateFailure.limit(
          "it makes more than %d characters on the way".formatted(limits.allocatedCharacters()));
    }
  }

  /// Pays for list entries before they are made, each of which takes the room of several
  /// characters.
  void entries(long count) {
    allocate(PER_ENTRY * Math.clamp(count, 0, Long.MAX_VALUE / 4 / PER_ENTRY));
  }

  /// Pays for looking for one string in another, which can take the product of their lengths.
  void search(int textLength, int wantedLength) {
    allocate(textLength / 16L + (long) textLength * (wantedLength / 64));
  }

  void output(long total) {
    if (total > limits.outputCharacters()) {
      throw TemplateFailure.limit(
          "its result has more than %d characters".formatted(limits.outputCharacters()));
    }
  }

  void enter() {
    if (++depth > DEPTH) {
      throw TemplateFailure.limit("it nests deeper than %d levels".formatted(DEPTH));
    }
  }

  void leave() {
    depth--;
  }
}
