package dev.freehold.chat;

/// Nobody was named, or the key is not known here.
public final class Unauthenticated extends FreeholdException {

  /// @param message what was missing and how to get it
  public Unauthenticated(String message) {
    super(message, null);
  }
}
