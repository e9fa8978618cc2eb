package dev.freehold.documents.index;

import org.jspecify.annotations.Nullable;

/// A passage as the index takes it.
///
/// @param id the passage's id
/// @param language ISO 639-1, empty where unknown
/// @param head its document's name and headings
/// @param text its words
/// @param vector unit vector of its meaning, or null where there is no embedder
public record Entry(
    String id, String language, String head, String text, float @Nullable [] vector) {}
