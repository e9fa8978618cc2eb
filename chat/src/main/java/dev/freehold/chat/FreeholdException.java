package dev.freehold.chat;

import org.jspecify.annotations.Nullable;

/// What went wrong, in a sentence that says what to do; the few kinds are the subclasses.
///
/// One place maps the kinds to HTTP (`server`), one to exit codes (`cli`).
public abstract sealed class FreeholdException extends RuntimeException
    permits InvalidRequest,
        ContextLengthExceeded,
        Unauthenticated,
        NotFound,
        Conflict,
        MalformedFile,
        Unsupported,
        Busy,
        Unavailable {

  FreeholdException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// The sentence for the person who can act on it.
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
