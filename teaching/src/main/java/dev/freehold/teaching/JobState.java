package dev.freehold.teaching;

import java.util.Locale;

/// Where a job is.
public enum JobState {
  /// The data set is being written.
  WRITING,
  /// The data set is there for a person to look at; nothing goes on by itself.
  REVIEW,
  /// It waits for its turn.
  QUEUED,
  /// The adapter is being trained.
  TRAINING,
  /// It was stopped while it trained and can go on.
  PAUSED,
  /// The adapter is being examined as it would be served.
  EXAMINING,
  /// It was examined and a gate was missed: it is not served unless somebody orders it.
  HELD_BACK,
  /// The adapter is served.
  PUBLISHED,
  /// It failed; the problem says why.
  FAILED,
  /// Somebody cancelled it.
  CANCELLED;

  /// The word used in the API of the page.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Whether it goes on by itself, also after the process ended.
  public boolean active() {
    return switch (this) {
      case WRITING, QUEUED, TRAINING, EXAMINING -> true;
      case REVIEW, PAUSED, HELD_BACK, PUBLISHED, FAILED, CANCELLED -> false;
    };
  }

  /// Whether nothing more will happen to it.
  public boolean ended() {
    return switch (this) {
      case PUBLISHED, FAILED, CANCELLED, HELD_BACK -> true;
      case WRITING, REVIEW, QUEUED, TRAINING, PAUSED, EXAMINING -> false;
    };
  }
}
