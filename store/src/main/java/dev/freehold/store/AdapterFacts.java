package dev.freehold.store;

/// What an adapter is, as its file says.
///
/// @param architecture its base's, for instance `llama`
/// @param rank the largest rank of its matrices
/// @param alpha what its products are scaled by, before they are divided by the rank
/// @param matrices how many matrices it adapts
/// @param parameters how many numbers it has
public record AdapterFacts(
    String architecture, int rank, float alpha, int matrices, long parameters) {}
