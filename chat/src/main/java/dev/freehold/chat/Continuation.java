package dev.freehold.chat;

/// How likely a given text is as the continuation of another.
///
/// @param logProbability natural logarithm of its probability, summed over its tokens
/// @param tokens tokens it takes
/// @param greedy whether each of them is the likeliest
public record Continuation(double logProbability, int tokens, boolean greedy) {}
