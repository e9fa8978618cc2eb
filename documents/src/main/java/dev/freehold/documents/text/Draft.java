package dev.freehold.documents.text;

import org.jspecify.annotations.Nullable;

/// A passage of a document before it has an id.
///
/// @param text the words
/// @param heading the headings above, joined with ` › `; null where there are none
/// @param page where it starts; null where the format knows no pages
/// @param firstBlock index of its first block
/// @param lastBlock index of its last block, inclusive
public record Draft(
    String text, @Nullable String heading, @Nullable Integer page, int firstBlock, int lastBlock) {}
