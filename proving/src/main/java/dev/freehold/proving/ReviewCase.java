package dev.freehold.proving;

import dev.freehold.evaluation.Case;

/// A case as a reviewer sees it.
///
/// @param content the case with the golds it has now
/// @param proposal what the model answered then; empty where it said nothing
/// @param skipped whether it was put aside
public record ReviewCase(Case content, String proposal, boolean skipped) {

  /// Whether a person still has to say something.
  public boolean open() {
    return !skipped && content.origin() != Case.Origin.PERSON;
  }
}
