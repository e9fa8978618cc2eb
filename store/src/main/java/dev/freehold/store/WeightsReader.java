package dev.freehold.store;

import java.nio.file.Path;

/// Reads from a model file what it is; the store itself knows no file format.
@FunctionalInterface
public interface WeightsReader {

  /// What the file says of itself.
  ///
  /// @throws dev.freehold.chat.MalformedFile where it is no model file; it is then not stored
  ModelFacts read(Path file);
}
