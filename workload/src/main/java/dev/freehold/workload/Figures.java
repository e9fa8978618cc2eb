package dev.freehold.workload;

import java.time.Duration;

/// What one part did lately.
///
/// @param part which
/// @param count exchanges that did not end with the client's leaving
/// @param failed of them, those that failed
/// @param invalid those whose answer had not the form expected
/// @param refused those that looked like refusals
/// @param half time within which half of the answers were complete
/// @param most time within which nineteen of twenty were
/// @param cost of them all
public record Figures(
    Part part,
    int count,
    int failed,
    int invalid,
    int refused,
    Duration half,
    Duration most,
    double cost) {}
