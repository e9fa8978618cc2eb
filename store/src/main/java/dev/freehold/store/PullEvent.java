package dev.freehold.store;

/// What a pull tells while it runs.
public sealed interface PullEvent {

  /// A source is asked.
  record Trying(String source) implements PullEvent {}

  /// A source was given up, by name, and why; the next one is tried.
  record GaveUp(String source, String why) implements PullEvent {}

  /// Somebody else pulls the same; this pull goes on when they are done.
  record Waiting(String what) implements PullEvent {}

  /// The connection was cut and is taken up again where it ended.
  record Resuming(String source, long from) implements PullEvent {}

  /// Bytes have come.
  ///
  /// @param source where from
  /// @param done bytes here, those of an earlier attempt included
  /// @param total bytes of the whole file; 0 where unknown
  /// @param bytesPerSecond of this attempt
  record Progress(String source, long done, long total, double bytesPerSecond)
      implements PullEvent {}

  /// Something the person should know although it went well.
  record Note(String text) implements PullEvent {}
}
