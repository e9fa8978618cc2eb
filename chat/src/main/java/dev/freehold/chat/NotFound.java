package dev.freehold.chat;

/// There is no such thing, or the asker may not know of it: the two are told in the same words.
public final class NotFound extends FreeholdException {

  /// @param message what was looked for and how to list what there is
  public NotFound(String message) {
    super(message, null);
  }
}
