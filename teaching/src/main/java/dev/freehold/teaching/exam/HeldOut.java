package dev.freehold.teaching.exam;

/// What answers that were held out show: of the base, and of the adapter.
public sealed interface HeldOut {

  /// Answers that do not fit the model's context, and so were not measured.
  int tooLong();

  /// The gate on it.
  Gate gate();

  /// Of answers to learn.
  ///
  /// @param surprise of the answers, in nats a token
  /// @param words mean F1 of the words of free answers with those that were held out
  /// @param tooLong answers that do not fit
  record Answers(Comparison surprise, Comparison words, int tooLong) implements HeldOut {
    @Override
    public Gate gate() {
      return Gates.answers(surprise);
    }
  }

  /// Of pairs of answers.
  ///
  /// @param margin how much likelier the preferred answer is than the other, in nats: what direct
  ///   preference optimisation widens (arXiv 2305.18290)
  /// @param likelier share of pairs of which the preferred answer is the likelier one, token for
  ///   token
  /// @param tooLong pairs that do not fit
  record Pairs(Comparison margin, Comparison likelier, int tooLong) implements HeldOut {
    @Override
    public Gate gate() {
      return Gates.preferences(margin, likelier);
    }
  }
}
