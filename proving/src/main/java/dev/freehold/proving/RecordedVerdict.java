package dev.freehold.proving;

import dev.freehold.evaluation.Verdict;
import java.time.Instant;
import java.util.Optional;

/// A verdict as it is kept: what was found, without anybody's words.
///
/// @param id by which a switch names it
/// @param proof the proof it came from
/// @param workload whose; empty where the benchmark was a file
/// @param at when
/// @param candidate who was tried
/// @param incumbent against whom
/// @param outcome what was found
/// @param better whether it is as good and more than that
/// @param sentence in words
/// @param candidateScore mean, 0 to 1
/// @param incumbentScore mean, 0 to 1
/// @param difference candidate minus incumbent
/// @param low lower end of its interval
/// @param high upper end
/// @param erased when the evidence was erased, since it held the exchanges of a person who was
///   erased; what was found stays
public record RecordedVerdict(
    String id,
    String proof,
    String workload,
    Instant at,
    String candidate,
    String incumbent,
    Verdict.Outcome outcome,
    boolean better,
    String sentence,
    double candidateScore,
    double incumbentScore,
    double difference,
    double low,
    double high,
    Optional<Instant> erased) {}
