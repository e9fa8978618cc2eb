package dev.freehold.engine;

import dev.freehold.chat.ChatEvent;
import dev.freehold.model.tokenizer.Utf8Decoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The text of one answer as it grows: whole characters, nothing that may be the beginning of a
/// stop string, nothing after one. Not thread-safe.
final class AnswerText {

  private record Scored(ChatEvent.TokenLogprob logprob, long end) {}

  private final List<String> stops;
  private final Utf8Decoder decoder = new Utf8Decoder();
  private final StringBuilder ready = new StringBuilder();
  private final StringBuilder held = new StringBuilder();
  private final Deque<Scored> scored = new ArrayDeque<>();
  private boolean trimSpace;
  private long decoded;
  private long given;
  private boolean stopped;

  AnswerText(List<String> stops, boolean trimSpace) {
    this.stops = stops;
    this.trimSpace = trimSpace;
  }

  /// Adds a token.
  ///
  /// @return whether a stop string is complete
  boolean append(byte[] bytes, ChatEvent.@Nullable TokenLogprob logprob) {
    hold(decoder.append(bytes));
    if (logprob != null) {
      scored.add(new Scored(logprob, decoded));
    }
    return release();
  }

  private void hold(String text) {
    String rest = text;
    if (trimSpace && !text.isEmpty()) {
      trimSpace = false;
      rest = text.startsWith(" ") ? text.substring(1) : text;
    }
    held.append(rest);
    decoded += rest.length();
  }

  private boolean release() {
    int first = -1;
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    if (first >= 0) {
      ready.append(held, 0, first);
      held.setLength(0);
      stopped = true;
      return true;
    }
    int keep = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, held.length()); length > keep; length--) {
        if (stop.startsWith(held.substring(held.length() - length))) {
          keep = length;
        }
      }
    }
    ready.append(held, 0, held.length() - keep);
    held.delete(0, held.length() - keep);
    return false;
  }

  /// The answer is complete: what was held back was no stop string.
  void end() {
    if (!stopped) {
      hold(decoder.end());
      ready.append(held);
      held.setLength(0);
    }
  }

  /// What can be given, or null if there is nothing new.
  ChatEvent.@Nullable Text take() {
    given += ready.length();
    List<ChatEvent.TokenLogprob> logprobs = new ArrayList<>();
    while (!scored.isEmpty() && scored.getFirst().end() <= given) {
      logprobs.add(scored.removeFirst().logprob());
    }
    if (ready.isEmpty() && logprobs.isEmpty()) {
      return null;
    }
    var text = new ChatEvent.Text(ready.toString(), logprobs);
    ready.setLength(0);
    return text;
  }
}
