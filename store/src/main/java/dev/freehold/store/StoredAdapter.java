package dev.freehold.store;

import dev.freehold.chat.Principal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// An adapter in the store.
///
/// @param publication what it was published with
/// @param bytes size of the file
/// @param digest of the file
/// @param created when it came here
/// @param marks what happened since to what it was made from, oldest first
/// @param file where it lies, a GGUF adapter; read, never write
public record StoredAdapter(
    Publication publication,
    long bytes,
    Digest digest,
    Instant created,
    List<Mark> marks,
    Path file) {

  public StoredAdapter {
    marks = List.copyOf(marks);
  }

  /// Something that whoever uses the adapter should know.
  ///
  /// @param at when it was noted
  /// @param why for instance that a document it was taught was deleted
  public record Mark(Instant at, String why) {}

  /// The adapter's name.
  public String name() {
    return publication.name().value();
  }

  /// The name by which it is asked on top of a model of that name.
  public String on(StoredModel base) {
    return base.name() + "+" + name();
  }

  /// Whether that principal may read all it was made from, and so the adapter.
  public boolean admits(Principal principal, SourceRights rights) {
    return publication.sources().stream().allMatch(source -> source.admits(principal, rights));
  }
}
