package dev.freehold.store;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// One of the files that together are a model.
///
/// @param name what it is called in the model's folder: a plain file name
/// @param size its bytes
/// @param stated what the source says of them; empty where nobody vouches for them
/// @param version which version of the file this is, where the source tells versions apart
/// @param fill gets the bytes, telling of progress
record Piece(
    String name,
    long size,
    Optional<Stated> stated,
    Optional<String> version,
    BiConsumer<Partial, Consumer<PullEvent>> fill) {

  /// Whether what came of it before can be told from what another version would bring.
  boolean lasting() {
    return stated.isPresent() || version.isPresent();
  }

  /// What tells it from other pieces and versions.
  String identity() {
    return "%s %d %s"
        .formatted(name, size, stated.map(Stated::toString).or(() -> version).orElse("?"));
  }
}
