package dev.freehold.evaluation.grader;

import dev.freehold.chat.Message;
import java.util.List;

/// What an answer is held against.
///
/// @param messages what was asked, in order
/// @param golds right answers, any of which will do; none where the right thing is to refuse
/// @param passages what the answer may cite: `[1]` is the first
public record Question(List<Message> messages, List<String> golds, List<String> passages) {
  public Question {
    messages = List.copyOf(messages);
    golds = List.copyOf(golds);
    passages = List.copyOf(passages);
  }

  /// The words of the person who asked last.
  public String asked() {
    return messages.isEmpty() ? "" : messages.getLast().text();
  }
}
