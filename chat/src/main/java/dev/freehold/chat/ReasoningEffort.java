package dev.freehold.chat;

import java.util.Locale;

/// How much a model thinks before it answers, in OpenAI's steps.
public enum ReasoningEffort {
  /// Not at all.
  NONE,
  /// As little as it can.
  MINIMAL,
  /// A little.
  LOW,
  /// As usual.
  MEDIUM,
  /// A lot.
  HIGH,
  /// As much as it can.
  XHIGH;

  /// The word in the API and in templates.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
