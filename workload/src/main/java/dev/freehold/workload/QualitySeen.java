package dev.freehold.workload;

/// What the looks at a candidate's quality came to since the route last changed.
///
/// @param graded answers that were graded, of the last 200
/// @param mean their mean score
/// @param low lower end of its 95 % interval
/// @param high upper end
/// @param waiting answers that wait for the next look
/// @param problem why the last look could not grade; empty where it could
public record QualitySeen(
    int graded, double mean, double low, double high, int waiting, String problem) {}
