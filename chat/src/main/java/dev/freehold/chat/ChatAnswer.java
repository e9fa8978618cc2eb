package dev.freehold.chat;

import java.util.ArrayList;
import java.util.List;

/// A whole answer.
///
/// @param text what the model said
/// @param reasoning what it thought before; empty where it did not
/// @param toolCalls the tools it wants called, in order
/// @param reason why it ended
/// @param usage what it took
/// @param logprobs one entry a token of the text where the request asked for them
public record ChatAnswer(
    String text,
    String reasoning,
    List<ToolCall> toolCalls,
    ChatEvent.FinishReason reason,
    ChatEvent.Usage usage,
    List<ChatEvent.TokenLogprob> logprobs) {
  public ChatAnswer {
    toolCalls = List.copyOf(toolCalls);
    logprobs = List.copyOf(logprobs);
  }

  /// An answer of words only.
  public ChatAnswer(
      String text,
      ChatEvent.FinishReason reason,
      ChatEvent.Usage usage,
      List<ChatEvent.TokenLogprob> logprobs) {
    this(text, "", List.of(), reason, usage, logprobs);
  }

  /// Reads a stream to its end.
  public static ChatAnswer of(ChatStream events) {
    var text = new StringBuilder();
    var reasoning = new StringBuilder();
    List<ChatEvent.ToolCallBegun> calls = new ArrayList<>();
    List<StringBuilder> arguments = new ArrayList<>();
    List<ChatEvent.TokenLogprob> logprobs = new ArrayList<>();
    while (events.hasNext()) {
      switch (events.next()) {
        case ChatEvent.Reading _ -> {}
        case ChatEvent.Reasoning piece -> reasoning.append(piece.text());
        case ChatEvent.Text piece -> {
          text.append(piece.text());
          logprobs.addAll(piece.logprobs());
        }
        case ChatEvent.ToolCallBegun call -> {
          calls.add(call);
          arguments.add(new StringBuilder());
        }
        case ChatEvent.ToolCallArguments piece -> arguments.get(piece.index()).append(piece.text());
        case ChatEvent.Finished finished -> {
          return new ChatAnswer(
              text.toString(),
              reasoning.toString(),
              calls.stream()
                  .map(call ->
                      new ToolCall(call.id(), call.name(), arguments.get(call.index()).toString()))
                  .toList(),
              finished.reason(),
              finished.usage(),
              logprobs);
        }
      }
    }
    throw new IllegalStateException("A stream of events ended unfinished.");
  }
}
