package dev.freehold.store;

import java.util.List;
import java.util.Optional;

/// A model the catalogue knows.
///
/// @param name what to pull it by
/// @param title what people call it
/// @param facts what it is
/// @param bytes size of the file: exact with a digest, rounded without
/// @param memory bytes that weights, a conversation and the program need together
/// @param digest of the file; empty: the source states it
/// @param note what it is good for
/// @param sources in the order they are tried
public record CatalogueEntry(
    Name name,
    String title,
    ModelFacts facts,
    long bytes,
    long memory,
    Optional<Digest> digest,
    String note,
    List<Source> sources) {
  public CatalogueEntry {
    sources = List.copyOf(sources);
  }
}
