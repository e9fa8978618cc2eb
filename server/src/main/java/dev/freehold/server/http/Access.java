package dev.freehold.server.http;

/// Who may call a route.
public enum Access {
  /// Anybody: static files, the sign-in, the health check. Nothing of anybody's is behind it.
  OPEN,
  /// Whoever has a key or a session; whose things are shown is checked behind it.
  PRINCIPAL
}
