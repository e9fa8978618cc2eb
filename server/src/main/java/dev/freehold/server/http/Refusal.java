package dev.freehold.server.http;

import org.jspecify.annotations.Nullable;

/// A request that HTTP itself refuses: no such route, a method not allowed, a body too long, a
/// strange origin.
///
/// What the rooms refuse is a [dev.freehold.chat.FreeholdException]; both meet in [Problem].
public final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final @Nullable String param;

  /// @param status the HTTP status
  /// @param code a stable word for programs
  /// @param message what to do instead
  public Refusal(int status, String code, String message) {
    this(status, code, message, null);
  }

  /// @param status the HTTP status
  /// @param code a stable word for programs
  /// @param message what to do instead
  /// @param param the field or header at fault
  public Refusal(int status, String code, String message, @Nullable String param) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.param = param;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  @Nullable String param() {
    return param;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
