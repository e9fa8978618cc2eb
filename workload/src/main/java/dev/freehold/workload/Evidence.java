package dev.freehold.workload;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;

/// Knows the verdicts that a switch may rest on.
///
/// Implementations are safe for use by many threads at once.
@FunctionalInterface
public interface Evidence {

  /// The verdict of that id, if a switch of this workload to this model may rest on it.
  ///
  /// @param candidate the model that the switch leads to
  /// @return its id
  /// @throws NotFound where there is no such verdict on this workload
  /// @throws InvalidRequest where it is about another model
  String require(String workload, String candidate, String id);
}
