package dev.freehold.documents;

import java.util.List;

/// What making a collection equal to a folder did.
///
/// @param added files that were not in the collection
/// @param changed files whose bytes are other than before
/// @param removed names that are no longer in the folder
/// @param unchanged how many files were left alone
/// @param unreadable documents of the folder that could not be read, wholly or in part
/// @param skipped files that could not even be opened, with the reason
public record SyncReport(
    List<String> added,
    List<String> changed,
    List<String> removed,
    int unchanged,
    List<Document> unreadable,
    List<Skipped> skipped) {

  public SyncReport {
    added = List.copyOf(added);
    changed = List.copyOf(changed);
    removed = List.copyOf(removed);
    unreadable = List.copyOf(unreadable);
    skipped = List.copyOf(skipped);
  }

  /// A file that was not taken.
  ///
  /// @param name its path below the folder
  /// @param why a sentence
  public record Skipped(String name, String why) {}
}
