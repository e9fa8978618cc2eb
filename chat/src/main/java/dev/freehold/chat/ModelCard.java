package dev.freehold.chat;

import java.time.Instant;

/// What a model is, as lists and pages show it.
///
/// @param name the name clients send as `model`
/// @param architecture as the file says, e.g. `llama`; `upstream` where only a server knows
/// @param parameters number of weights; 0 where unknown
/// @param bytes size of the weights on disk; 0 where unknown
/// @param contextLength most tokens of prompt and answer together
/// @param licence SPDX expression, or the name the maker gives it
/// @param digest `sha256:…` of the file; empty where unknown
/// @param created when it came here
public record ModelCard(
    String name,
    String architecture,
    long parameters,
    long bytes,
    int contextLength,
    String licence,
    String digest,
    Instant created) {}
