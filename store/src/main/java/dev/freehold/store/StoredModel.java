package dev.freehold.store;

import dev.freehold.chat.ModelCard;
import java.nio.file.Path;
import java.time.Instant;

/// A model in the store under one of its names.
///
/// @param name the tag
/// @param facts what the weights are
/// @param source where the bytes came from, as a person would say it
/// @param bytes size of the file
/// @param digest of the file
/// @param created when it came here
/// @param file where the weights lie; read, never write
public record StoredModel(
    String name,
    ModelFacts facts,
    String source,
    long bytes,
    Digest digest,
    Instant created,
    Path file) {

  /// What lists and pages show.
  public ModelCard card() {
    return new ModelCard(
        name,
        facts.architecture(),
        facts.parameters(),
        bytes,
        facts.contextLength(),
        facts.licence(),
        digest.toString(),
        created);
  }
}
