package dev.freehold.chat;

/// How far what is said may travel, the freest first.
public enum Sensitivity {
  /// Anybody may know it.
  PUBLIC,
  /// For the company; may be sent to an upstream once the gate has looked at it.
  INTERNAL,
  /// Never sent to an upstream, whatever is found or replaced in it.
  SECRET
}
