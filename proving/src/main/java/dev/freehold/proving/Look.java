package dev.freehold.proving;

import dev.freehold.evaluation.Verdict;
import java.time.Instant;

/// One look at a watched workload.
///
/// @param at when
/// @param reason why then: the schedule, somebody, or what had changed
/// @param candidate who was held against the incumbent
/// @param incumbent who answers
/// @param incumbentScore mean on the cases that are asked at every look, 0 to 1
/// @param candidateScore the same of the candidate
/// @param anchors how many cases those are
/// @param same share of them that the incumbent answered in the same words as at the first look
/// @param drift probability of so large a difference between the incumbent's scores then and now,
///   had nothing changed
/// @param drifted whether that is too small for chance, all looks together
/// @param anew whether counting begins with this look, since a model, an adapter or a collection is
///   another
/// @param low lower end of what the difference may be, at this look and every other
/// @param high upper end
/// @param conversations how many new ones have been counted since counting began
/// @param outcome what may be said now
/// @param note what else a reader must know; empty: nothing
public record Look(
    Instant at,
    String reason,
    String candidate,
    String incumbent,
    double incumbentScore,
    double candidateScore,
    int anchors,
    double same,
    double drift,
    boolean drifted,
    boolean anew,
    double low,
    double high,
    int conversations,
    Verdict.Outcome outcome,
    String note) {}
