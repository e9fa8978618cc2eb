package dev.freehold.chat;

import org.jspecify.annotations.Nullable;

/// The caller asked for something that cannot be; the caller can mend it.
public final class InvalidRequest extends FreeholdException {

  private final @Nullable String field;

  /// @param message what is wrong and what would be right
  /// @param field the field at fault as the caller wrote it, or null where no single one is
  public InvalidRequest(String message, @Nullable String field) {
    super(message, null);
    this.field = field;
  }

  /// The field at fault, or null where no single one is.
  public @Nullable String field() {
    return field;
  }
}
