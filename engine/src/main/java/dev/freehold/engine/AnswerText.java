package dev.freehold.engine;

import dev.freehold.chat.ChatEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an answer says as it grows: nothing that may be the beginning of a stop string, nothing
/// after one, each piece with the log-probabilities of its tokens. Not thread-safe.
final class AnswerText {

  private record Scored(ChatEvent.TokenLogprob logprob, long end) {}

  private final List<String> stops;
  private final StringBuilder ready = new StringBuilder();
  private final StringBuilder held = new StringBuilder();
  private final Deque<Scored> scored = new ArrayDeque<>();
  private long end;
  private long given;
  private boolean stopped;

  AnswerText(List<String> stops) {
    this.stops = stops;
  }

  /// Notes a token.
  ///
  /// @param tokenEnd how many characters were generated up to its last
  void scored(ChatEvent.TokenLogprob logprob, long tokenEnd) {
    scored.add(new Scored(logprob, tokenEnd));
  }

  /// Forgets the tokens up to here: they thought or called and said nothing.
  void unsaid(long upTo) {
    while (!scored.isEmpty() && scored.getFirst().end() <= upTo) {
      scored.removeFirst();
    }
  }

  /// Adds what is said.
  ///
  /// @param textEnd how many characters were generated up to its last
  /// @return whether a stop string is complete
  boolean append(String text, long textEnd) {
    held.append(text);
    end = textEnd;
    return !stopped && release();
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
      end -= held.length() - first;
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
      ready.append(held);
      held.setLength(0);
    }
  }

  /// What can be given, or null if there is nothing new.
  ChatEvent.@Nullable Text take() {
    // What is held is the end of what was generated.
    given = end - held.length();
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
