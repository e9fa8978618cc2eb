package dev.freehold.teaching.lesson;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.ToolUse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Two answers to one conversation, of which one was preferred; what direct preference optimisation
/// learns from (arXiv 2305.18290).
///
/// @param messages the conversation up to the answer
/// @param toolUse the tools that are offered in it
/// @param preferred the answer that was preferred
/// @param other the answer that was not
/// @param origins where it comes from
public record PreferencePair(
    List<Message> messages,
    ToolUse toolUse,
    Message.Assistant preferred,
    Message.Assistant other,
    List<Origin> origins) {
  public PreferencePair {
    messages = List.copyOf(messages);
    origins = List.copyOf(origins);
    if (messages.isEmpty()) {
      throw new InvalidRequest("A pair needs a conversation before its answers.", "input");
    }
    if (preferred.equals(other)) {
      throw new InvalidRequest("The two answers are the same.", "non_preferred_output");
    }
  }

  /// All its words, for whoever looks for something in them.
  public String text() {
    return Stream.concat(messages.stream(), Stream.of(preferred, other))
        .map(Message::text)
        .collect(Collectors.joining("\n"));
  }
}
