package dev.freehold.governance.egress;

import java.time.Duration;

/// What the gate does about what it finds.
///
/// @param identifiers about numbers of people and accounts
/// @param secrets about keys and passwords
/// @param deadline how long it may look at one request; beyond it nothing leaves
public record EgressPolicy(Action identifiers, Action secrets, Duration deadline) {

  /// Identifiers are replaced and restored in the answer; a secret stops the request.
  public static final EgressPolicy DEFAULT =
      new EgressPolicy(Action.REPLACE, Action.STOP, Duration.ofSeconds(5));

  /// What is done about a finding.
  public enum Action {
    /// The request does not leave.
    STOP,
    /// A placeholder leaves in its stead, and is turned back in the answer.
    REPLACE
  }

  Action action(Kind kind) {
    return switch (kind.family()) {
      case IDENTIFIER -> identifiers;
      case SECRET -> secrets;
    };
  }
}
