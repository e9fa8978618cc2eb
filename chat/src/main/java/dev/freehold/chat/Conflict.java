package dev.freehold.chat;

/// Something with that name or state is there already.
public final class Conflict extends FreeholdException {

  /// @param message what is in the way and how to go on
  public Conflict(String message) {
    super(message, null);
  }
}
