package dev.freehold.teaching.exam;

/// How one column did on one group of questions.
///
/// @param asked questions with options
/// @param right those of them where the right option was the likeliest for its length
/// @param surprise of the right answers, in nats a token
/// @param spoken questions asked for free words
/// @param contains share of free answers that hold an accepted one
/// @param f1 mean F1 of the words of free answers
public record Standing(
    int asked, int right, double surprise, int spoken, double contains, double f1) {

  /// Share of the questions with options that were right; 0 where there are none.
  public double accuracy() {
    return asked == 0 ? 0 : right / (double) asked;
  }
}
