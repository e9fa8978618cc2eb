package dev.freehold.evaluation;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Whether a candidate is as good as the incumbent, with all that is needed to doubt it.
///
/// @param candidate who wants the place
/// @param incumbent who has it
/// @param outcome one of three
/// @param better whether it is as good and more than that
/// @param candidateScore mean score of all cases, 0 to 1
/// @param incumbentScore the same of the incumbent
/// @param comparison the two on all cases
/// @param control the incumbent against itself, where it was asked twice
/// @param moreCases about how many more independent cases would decide, at the difference seen;
///   empty where it is decided, or where no number would
/// @param slices parts of the cases
/// @param joint what trying several candidates at once asks of it; empty for a single one
/// @param notes what a reader must know beside the sentence
/// @param sentence the verdict in words
public record Verdict(
    String candidate,
    String incumbent,
    Outcome outcome,
    boolean better,
    double candidateScore,
    double incumbentScore,
    Comparison comparison,
    Optional<Comparison> control,
    OptionalInt moreCases,
    List<SliceFinding> slices,
    Optional<Joint> joint,
    List<String> notes,
    String sentence) {

  /// The three things that can be said.
  public enum Outcome {
    /// The whole interval lies above minus the margin.
    AS_GOOD,
    /// The whole interval lies below minus the margin.
    WORSE,
    NOT_ENOUGH_EVIDENCE
  }

  /// Several candidates, tried together: what Holm's correction leaves of each one's claim.
  ///
  /// @param candidates how many
  /// @param asGoodAdjusted probability of so good a candidate if it were worse by the margin
  /// @param worseAdjusted probability of so poor a one if it were not
  public record Joint(int candidates, double asGoodAdjusted, double worseAdjusted) {}

  public Verdict {
    slices = List.copyOf(slices);
    notes = List.copyOf(notes);
  }
}
