package dev.freehold.teaching;

import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.PreferencePair;
import java.util.List;

/// What a trainer is given.
public sealed interface Material {

  /// Lessons.
  ///
  /// @param learned what is learned, at least one
  /// @param heldOut what the loss is measured on meanwhile
  record Lessons(List<Lesson> learned, List<Lesson> heldOut) implements Material {
    public Lessons {
      learned = List.copyOf(learned);
      heldOut = List.copyOf(heldOut);
    }
  }

  /// Preferred answers beside others.
  ///
  /// @param learned what is learned, at least one
  /// @param heldOut what the loss is measured on meanwhile
  record Pairs(List<PreferencePair> learned, List<PreferencePair> heldOut) implements Material {
    public Pairs {
      learned = List.copyOf(learned);
      heldOut = List.copyOf(heldOut);
    }
  }
}
