package dev.freehold.evaluation;

/// What a part of the cases says, corrected for how many parts were looked at.
///
/// @param name e.g. `language = de`
/// @param comparison of the two on these cases alone; its interval is not corrected
/// @param worseAdjusted Holm-adjusted probability of so poor a candidate if it were worse by no
///   more than the margin
/// @param asGoodAdjusted Holm-adjusted probability of so good a candidate if it were worse by the
///   margin
/// @param finding what follows from the two
public record SliceFinding(
    String name,
    Comparison comparison,
    double worseAdjusted,
    double asGoodAdjusted,
    Finding finding) {

  /// What may be said of a slice.
  public enum Finding {
    AS_GOOD,
    WORSE,
    OPEN
  }
}
