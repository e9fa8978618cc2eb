package dev.freehold.engine.grammar;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// A place in a schema (RFC 6901), written out only where somebody reads it: the names on the way
/// may be long, and there may be many places.
///
/// @param parent what it is in; null at the beginning
/// @param step the name or number there, or all of the way to the beginning
record Pointer(@Nullable Pointer parent, String step) {

  /// The schema as a whole.
  static final Pointer ROOT = new Pointer(null, "");

  /// A place in this one.
  Pointer to(String next) {
    return new Pointer(this, next);
  }

  @Override
  public String toString() {
    Deque<String> steps = new ArrayDeque<>();
    for (Pointer at = this; at != null; at = at.parent) {
      steps.addFirst(at.step);
    }
    return String.join("/", steps);
  }
}
