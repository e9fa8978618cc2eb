package dev.freehold.chat;

import org.jspecify.annotations.Nullable;

/// A file does not say what its format demands.
public final class MalformedFile extends FreeholdException {

  /// @param file its path or name
  /// @param offset byte offset of the fault, or -1 where none can be named
  /// @param reason what is wrong there
  public MalformedFile(String file, long offset, String reason) {
    this(file, offset, reason, null);
  }

  /// @param file its path or name
  /// @param offset byte offset of the fault, or -1 where none can be named
  /// @param reason what is wrong there
  /// @param cause what a library said, if one did
  public MalformedFile(String file, long offset, String reason, @Nullable Throwable cause) {
    super(
        offset < 0
            ? "%s: %s".formatted(file, reason)
            : "%s: %s (at byte %d)".formatted(file, reason, offset),
        cause);
  }
}
