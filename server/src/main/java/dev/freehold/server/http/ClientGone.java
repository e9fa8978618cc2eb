package dev.freehold.server.http;

/// The client closed its connection before the answer was complete.
public final class ClientGone extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// @param cause what the socket said
  public ClientGone(Throwable cause) {
    super("The client closed its connection.", cause, false, false);
  }
}
