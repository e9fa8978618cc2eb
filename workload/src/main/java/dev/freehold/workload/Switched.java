package dev.freehold.workload;

import java.time.Instant;

/// One line of a workload's history.
///
/// @param at when
/// @param actor the id of who did it; `guards` where it happened by itself
/// @param actorName what pages show of them
/// @param before the route until then, in a few words
/// @param after the route from then on
/// @param reason what they gave as a reason, or what the guards saw
/// @param verdict the verdict it rests on; empty: none, and it says so wherever it is shown
public record Switched(
    Instant at,
    String actor,
    String actorName,
    String before,
    String after,
    String reason,
    String verdict) {

  /// Who stands in the history where nobody did it.
  public static final String GUARDS = "guards";
}
