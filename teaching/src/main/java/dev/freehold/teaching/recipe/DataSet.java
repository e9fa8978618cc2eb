package dev.freehold.teaching.recipe;

import dev.freehold.teaching.exam.ExamItem;
import dev.freehold.teaching.lesson.Lesson;
import java.util.List;

/// What a model is to learn, and what it is asked afterwards.
///
/// @param lessons what is learned
/// @param heldOut what the loss is measured on while the others are learned
/// @param exam questions on what was taught, in wordings that no lesson has, and on what was not
/// @param tally what became of what was found
public record DataSet(
    List<Lesson> lessons, List<Lesson> heldOut, List<ExamItem> exam, Tally tally) {
  public DataSet {
    lessons = List.copyOf(lessons);
    heldOut = List.copyOf(heldOut);
    exam = List.copyOf(exam);
  }
}
