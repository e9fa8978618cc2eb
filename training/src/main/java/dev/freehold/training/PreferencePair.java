package dev.freehold.training;

/// Two answers to the same prompt, of which one was preferred (Rafailov et al., arXiv 2305.18290).
/// In both the answer alone is marked as learnt.
///
/// @param chosen prompt and the preferred answer
/// @param rejected the same prompt and the other
public record PreferencePair(Example chosen, Example rejected) {}
