package dev.freehold.documents;

import java.time.Instant;
import java.util.List;

/// Documents with readers, as one principal sees them.
///
/// @param id opaque
/// @param name what the owner calls it
/// @param readers who may read it; the owner is always among them
/// @param mayWrite whether the principal it was listed for may add, delete and share
/// @param documents how many documents it holds, whatever their state
/// @param pages how many pages those that were read have together
/// @param created when
public record Collection(
    String id,
    String name,
    List<Reader> readers,
    boolean mayWrite,
    int documents,
    int pages,
    Instant created) {
  public Collection {
    readers = List.copyOf(readers);
  }
}
