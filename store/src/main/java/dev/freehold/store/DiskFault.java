package dev.freehold.store;

import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;

/// A fault of this machine's own disk: it ends a pull, where a fault of a source only ends the
/// source.
final class DiskFault extends RuntimeException {

  private final Path where;
  private final IOException what;

  DiskFault(Path where, IOException what) {
    super(what);
    this.where = where;
    this.what = what;
  }

  /// The sentence for the person.
  Unavailable told() {
    return told(where, what);
  }

  static Unavailable told(Path where, IOException what) {
    if (full(what)) {
      return new Unavailable(
          ("The disk that holds %s is full. Free some space, or set FREEHOLD_HOME to a folder on"
                  + " another disk, and run the same again.")
              .formatted(where),
          what);
    }
    if (what instanceof AccessDeniedException) {
      return new Unavailable(
          "%s may not be written by this user. Change its owner, or set FREEHOLD_HOME to a folder of yours."
              .formatted(where),
          what);
    }
    return new Unavailable("%s cannot be used: %s.".formatted(where, reason(what)), what);
  }

  static Unavailable tooSmall(Path where, long needed, long free) {
    return new Unavailable(
        ("The disk that holds %s has %s free and %s more are needed. Free some space, or set"
                + " FREEHOLD_HOME to a folder on another disk, and run the same again.")
            .formatted(where, Amounts.bytes(free), Amounts.bytes(needed)));
  }

  private static boolean full(IOException what) {
    String reason = reason(what).toLowerCase(Locale.ROOT);
    return reason.contains("no space left")
        || reason.contains("quota exceeded")
        || reason.contains("file too large")
        || reason.contains("not enough space");
  }

  private static String reason(IOException what) {
    String reason =
        what instanceof FileSystemException system && system.getReason() != null
            ? system.getReason()
            : what.getMessage();
    return reason == null ? what.getClass().getSimpleName() : reason;
  }
}
