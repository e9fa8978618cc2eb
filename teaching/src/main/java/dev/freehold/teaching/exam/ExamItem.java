package dev.freehold.teaching.exam;

import dev.freehold.chat.InvalidRequest;
import java.util.List;
import java.util.Locale;

/// One question of an exam, with the right answer among others.
///
/// @param id unique in its exam
/// @param group what it measures
/// @param question as it is asked
/// @param options at least two, one of them right
/// @param right index of the right one
/// @param accepted a free answer that contains one of these is right; the right option where none
///   is given
public record ExamItem(
    String id,
    Group group,
    String question,
    List<String> options,
    int right,
    List<String> accepted) {

  /// What a question measures.
  public enum Group {
    /// What was taught, in wordings that were not.
    TAUGHT,
    /// What was not taught: nothing may change here but by chance.
    CONTROL,
    /// What the base knew before.
    KNOWN;

    /// The word in files.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ExamItem {
    options = List.copyOf(options);
    accepted =
        accepted.isEmpty() && right >= 0 && right < options.size()
            ? List.of(options.get(right))
            : List.copyOf(accepted);
    if (id.isBlank() || question.isBlank()) {
      throw new InvalidRequest("A question of an exam needs an id and words.", "question");
    }
    if (options.size() < 2 || right < 0 || right >= options.size()) {
      throw new InvalidRequest(
          "Question %s needs at least two options, one of them right.".formatted(id), "options");
    }
  }

  /// The right answer.
  public String answer() {
    return options.get(right);
  }
}
