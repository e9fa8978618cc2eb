package dev.freehold.training;

/// Where the two factors of one adapted matrix lie in [Parameters]: A `[rank, in]`, and B turned
/// round, `[rank, out]`.
///
/// @param name the matrix, such as `blk.0.attn_q.weight`
/// @param in its columns
/// @param out its rows
/// @param a where A begins
/// @param b where B begins
record Pair(String name, int in, int out, int a, int b) {}
