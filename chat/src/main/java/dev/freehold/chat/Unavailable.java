package dev.freehold.chat;

import org.jspecify.annotations.Nullable;

/// The machine or another one does not play along: a full disk, a busy port, a silent server, a
/// model being closed.
public final class Unavailable extends FreeholdException {

  /// @param message what happened and what to do
  public Unavailable(String message) {
    this(message, null);
  }

  /// @param message what happened and what to do
  /// @param cause what the system said
  public Unavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
