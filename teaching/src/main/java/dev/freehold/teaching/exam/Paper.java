package dev.freehold.teaching.exam;

import java.util.List;

/// What is asked in an exam.
///
/// @param items questions with options
/// @param answers answers that were held out, each alone or beside one that was not preferred
public record Paper(List<ExamItem> items, List<HeldAnswer> answers) {
  public Paper {
    items = List.copyOf(items);
    answers = List.copyOf(answers);
  }

  /// Questions alone.
  public static Paper of(List<ExamItem> items) {
    return new Paper(items, List.of());
  }
}
