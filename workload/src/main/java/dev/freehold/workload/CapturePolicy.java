package dev.freehold.workload;

import dev.freehold.chat.InvalidRequest;
import java.time.Duration;
import java.util.Locale;

/// What is kept of a workload's exchanges, and for how long.
///
/// @param mode how much
/// @param retention how long; afterwards it is deleted
public record CapturePolicy(Mode mode, Duration retention) {

  /// Nothing is kept.
  public static final CapturePolicy OFF = new CapturePolicy(Mode.OFF, Duration.ofDays(30));

  /// How much is kept.
  public enum Mode {
    /// Nothing.
    OFF,
    /// Who, when, which model, how long, how many tokens, what went wrong; no words.
    METADATA,
    /// That, and the words of request and answer.
    FULL;

    /// The mode of that word.
    public static Mode of(String word) {
      return switch (word) {
        case "off" -> OFF;
        case "metadata" -> METADATA;
        case "full" -> FULL;
        default ->
            throw new InvalidRequest(
                "Capture is off, metadata or full, not \"%s\".".formatted(word), "capture");
      };
    }

    /// The word for it.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public CapturePolicy {
    if (retention.compareTo(Duration.ofHours(1)) < 0
        || retention.compareTo(Duration.ofDays(3650)) > 0) {
      throw new InvalidRequest("Exchanges are kept for an hour to ten years.", "retention");
    }
  }
}
