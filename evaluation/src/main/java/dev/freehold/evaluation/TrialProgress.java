package dev.freehold.evaluation;

import java.time.Duration;
import java.util.Map;

/// How far a run is.
///
/// @param done answers and judgements so far, of earlier processes too
/// @param total of all
/// @param left time left, from the pace of this process; zero where nothing is known yet
/// @param cost money so far by contestant
/// @param failures answers so far that are errors
public record TrialProgress(
    int done, int total, Duration left, Map<String, Double> cost, int failures) {}
