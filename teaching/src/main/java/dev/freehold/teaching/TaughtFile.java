package dev.freehold.teaching;

import java.time.Instant;

/// A file that somebody brought to teach from.
///
/// @param id opaque, `file-…`
/// @param owner the id of whose it is; nobody else sees it
/// @param name as it was called
/// @param purpose what it is for, in OpenAI's words
/// @param bytes its size
/// @param created when it came
public record TaughtFile(
    String id, String owner, String name, String purpose, long bytes, Instant created) {}
