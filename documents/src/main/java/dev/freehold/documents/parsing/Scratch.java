package dev.freehold.documents.parsing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// The folders in which children work, anew at every start.
///
/// Children of a process that was killed live on for a moment, and write and clear where they were
/// started: what they do must neither fail a start nor meet what belongs to the children after
/// them. So no start takes a folder that another one had, and whatever cannot be removed is left
/// for a later one.
final class Scratch {

  private Scratch() {}

  /// A name below a folder that nobody had before; what others left there is removed.
  ///
  /// @param folder of one process at a time
  static Path in(Path folder) {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> left = Files.list(folder)) {
        left.forEach(Scratch::remove);
      } catch (IOException | UncheckedIOException e) {
        // It is tried again at the next start.
      }
    }
    return folder.resolve(ProcessHandle.current().pid() + "-" + UUID.randomUUID());
  }

  /// Removes a folder and what is in it, as far as that goes.
  static void remove(Path folder) {
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    } catch (IOException | UncheckedIOException e) {
      return;
    }
    for (Path file : all) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // Others write there still; the rest can go.
      }
    }
  }
}
