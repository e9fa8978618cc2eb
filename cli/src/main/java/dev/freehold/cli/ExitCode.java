package dev.freehold.cli;

import dev.freehold.chat.Busy;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.ContextLengthExceeded;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unauthenticated;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;

/// The one place where kinds of error become exit codes; the numbers are those of BSD's `sysexits`.
final class ExitCode {

  static final int OK = 0;

  /// The command line or a value in it.
  static final int USAGE = 64;

  /// A fault of ours.
  static final int SOFTWARE = 70;

  private static final int BAD_FILE = 65;
  private static final int NOT_FOUND = 66;
  private static final int UNAVAILABLE = 69;
  private static final int IN_THE_WAY = 73;
  private static final int TRY_AGAIN = 75;
  private static final int NO_PERMISSION = 77;

  private ExitCode() {}

  static int of(FreeholdException error) {
    return switch (error) {
      case InvalidRequest _, ContextLengthExceeded _ -> USAGE;
      case MalformedFile _, Unsupported _ -> BAD_FILE;
      case NotFound _ -> NOT_FOUND;
      case Unavailable _ -> UNAVAILABLE;
      case Conflict _ -> IN_THE_WAY;
      case Busy _ -> TRY_AGAIN;
      case Unauthenticated _ -> NO_PERMISSION;
    };
  }
}
