package dev.freehold.store;

import java.nio.file.Path;

/// Writes an adapter's file; the store itself knows no file format.
@FunctionalInterface
public interface AdapterWriter {

  /// Writes the whole adapter to `file`, which is not there yet.
  void write(Path file);
}
