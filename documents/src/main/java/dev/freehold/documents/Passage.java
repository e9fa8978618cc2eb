package dev.freehold.documents;

import org.jspecify.annotations.Nullable;

/// A piece of a document that can be found, shown to a model and cited.
///
/// @param id opaque, stable until the document is replaced or deleted
/// @param number its number in a grounded prompt, from 1; 0 outside of one
/// @param document the id of its document
/// @param documentName the name of its document
/// @param collection the id of its collection
/// @param page page, slide or sheet it starts on, from 1; null where the format knows none
/// @param heading the headings above it, joined with ` › `; null where there are none
/// @param text the words, without the headings above
/// @param score how well it fits the question, 0 to 1; comparable within one answer only
/// @param firstBlock index of its first block in the document's text
/// @param lastBlock index of its last block, inclusive
public record Passage(
    String id,
    int number,
    String document,
    String documentName,
    String collection,
    @Nullable Integer page,
    @Nullable String heading,
    String text,
    double score,
    int firstBlock,
    int lastBlock) {

  /// The same passage, found to fit so well.
  Passage scored(double value) {
    return new Passage(
        id,
        number,
        document,
        documentName,
        collection,
        page,
        heading,
        text,
        value,
        firstBlock,
        lastBlock);
  }

  /// The same passage under another number.
  public Passage numbered(int value) {
    return new Passage(
        id,
        value,
        document,
        documentName,
        collection,
        page,
        heading,
        text,
        score,
        firstBlock,
        lastBlock);
  }
}
