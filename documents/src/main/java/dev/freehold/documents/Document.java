package dev.freehold.documents;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// One document of a collection and how far it has been read.
///
/// @param id opaque
/// @param collection the id of its collection
/// @param name file name, or the path below the folder it came from
/// @param mediaType as found in the bytes, never as claimed; empty until it was read
/// @param bytes size of the original
/// @param digest SHA-256 of the original, in hexadecimal
/// @param pages pages, slides or sheets; 1 where the format knows none; 0 until it was read
/// @param passages how many passages can be found and cited
/// @param language ISO 639-1, empty until it was read or where it could not be told
/// @param state how far it is
/// @param progress 0 to 1 within the present state
/// @param problems what could not be read, never empty for [State#PARTLY] and [State#FAILED]
/// @param added when it was acknowledged
public record Document(
    String id,
    String collection,
    String name,
    String mediaType,
    long bytes,
    String digest,
    int pages,
    int passages,
    String language,
    State state,
    double progress,
    List<Problem> problems,
    Instant added) {
  public Document {
    problems = List.copyOf(problems);
  }

  /// How far a document is.
  public enum State {
    /// On disk, not yet looked at.
    WAITING,
    /// The child process reads it.
    READING,
    /// Its passages are being embedded and indexed.
    INDEXING,
    /// Wholly readable and found by questions.
    READY,
    /// Found by questions, but parts could not be read: see the problems.
    PARTLY,
    /// Nothing of it could be read: see the problems.
    FAILED;

    /// The word used in the API.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Whether nothing more will happen to it by itself.
    public boolean settled() {
      return switch (this) {
        case WAITING, READING, INDEXING -> false;
        case READY, PARTLY, FAILED -> true;
      };
    }
  }
}
