package dev.freehold.documents.index;

/// A passage that was found.
///
/// @param passage its id
/// @param score how well it fits, 0 to 1: the order of the answer
/// @param cosine of its vector and the question's; 0 where there are none
/// @param coverage share of the question's words it holds, weighed by how rare they are, 0 to 1
public record Hit(String passage, double score, double cosine, double coverage) {}
