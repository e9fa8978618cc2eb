package dev.freehold.governance.egress;

import dev.freehold.chat.InvalidRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/// What the gate does about what it finds. Nothing in it lets a finding pass as it is.
///
/// @param identifiers about numbers of people and accounts
/// @param secrets about keys and passwords
/// @param kinds about single kinds, before the two above
/// @param deadline how long it may look at one request; beyond it nothing leaves
public record EgressPolicy(
    Action identifiers, Action secrets, Map<Kind, Action> kinds, Duration deadline) {

  private static final Duration LONGEST = Duration.ofMinutes(1);

  /// Identifiers are replaced and restored in the answer; a secret stops the request.
  public static final EgressPolicy DEFAULT =
      new EgressPolicy(Action.REPLACE, Action.STOP, Duration.ofSeconds(5));

  public EgressPolicy {
    kinds = Map.copyOf(kinds);
    if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(LONGEST) > 0) {
      throw new InvalidRequest("The gate looks at a request for 1 to 60000 ms.", "deadline");
    }
  }

  /// The same about all kinds of a family.
  public EgressPolicy(Action identifiers, Action secrets, Duration deadline) {
    this(identifiers, secrets, Map.of(), deadline);
  }

  /// What is done about a finding.
  public enum Action {
    /// The request does not leave.
    STOP,
    /// A placeholder leaves in its stead, and is turned back in the answer.
    REPLACE;

    /// The action of that word.
    ///
    /// @throws InvalidRequest where there is none
    public static Action of(String word) {
      return switch (word) {
        case "stop" -> STOP;
        case "replace" -> REPLACE;
        default ->
            throw new InvalidRequest(
                "The gate can stop or replace, not \"%s\".".formatted(word), "policy");
      };
    }

    /// The word for it.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Action action(Kind kind) {
    return kinds.getOrDefault(
        kind,
        switch (kind.family()) {
          case IDENTIFIER -> identifiers;
          case SECRET -> secrets;
        });
  }
}
