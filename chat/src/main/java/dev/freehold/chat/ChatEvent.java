package dev.freehold.chat;

import java.util.List;

/// One thing that happens while a model answers.
///
/// A stream is any number of [Reading] events, then [Reasoning], [Text] and tool-call events, then
/// exactly one [Finished]. A stream that fails throws from its iterator instead; it never ends
/// without [Finished].
public sealed interface ChatEvent {

  /// The prompt is being processed; sent at most a few times a second, so that a person sees it
  /// move.
  ///
  /// @param done prompt tokens in the cache so far
  /// @param total tokens of the whole prompt
  record Reading(int done, int total) implements ChatEvent {}

  /// A piece of the answer: whole code points, possibly several tokens, never part of a stop
  /// string.
  ///
  /// @param text the piece, not empty unless it only carries log-probabilities
  /// @param logprobs one entry for each token of the piece where the request asked for them,
  ///   otherwise empty
  record Text(String text, List<TokenLogprob> logprobs) implements ChatEvent {
    public Text {
      logprobs = List.copyOf(logprobs);
    }
  }

  /// A piece of what the model thinks before it answers: whole code points.
  record Reasoning(String text) implements ChatEvent {}

  /// The model begins to call a tool.
  ///
  /// @param index of the call in this answer, from 0, rising
  /// @param id of the call, unique
  /// @param name the tool's name
  record ToolCallBegun(int index, String id, String name) implements ChatEvent {}

  /// A piece of a call's arguments; together they are the arguments' JSON text.
  ///
  /// @param index of the call, whose [ToolCallBegun] came before
  /// @param text the piece, not empty
  record ToolCallArguments(int index, String text) implements ChatEvent {}

  /// The answer is complete.
  ///
  /// @param reason why it ended
  /// @param usage what it took
  /// @param fingerprint what an upstream calls the state of the machinery that answered; empty
  ///   where it says nothing, and for models of this machine, whose digest says more
  record Finished(FinishReason reason, Usage usage, String fingerprint) implements ChatEvent {

    /// The end of an answer of which nobody tells the machinery.
    public Finished(FinishReason reason, Usage usage) {
      this(reason, usage, "");
    }
  }

  /// Why an answer ended.
  enum FinishReason {
    /// The model ended its turn, or a stop string was met.
    STOP,
    /// The limit of the request or the context window was reached.
    LENGTH,
    /// The model wants tools called and waits for their results.
    TOOL_CALLS
  }

  /// What an answer took.
  ///
  /// @param promptTokens tokens of the prompt
  /// @param cachedTokens those of them that an earlier request had left in the cache
  /// @param completionTokens tokens generated, the one that ended the turn included
  /// @param reasoningTokens those of them that were thought and not said
  record Usage(int promptTokens, int cachedTokens, int completionTokens, int reasoningTokens) {

    /// What an answer without reasoning took.
    public Usage(int promptTokens, int cachedTokens, int completionTokens) {
      this(promptTokens, cachedTokens, completionTokens, 0);
    }
  }

  /// A generated token with its log-probability under the model's unmodified distribution.
  ///
  /// @param token the token's text, with U+FFFD where its bytes are no whole character
  /// @param bytes its bytes
  /// @param logprob natural logarithm of its probability
  /// @param top the likeliest alternatives, best first; their own `top` is empty
  record TokenLogprob(String token, byte[] bytes, double logprob, List<TokenLogprob> top) {
    public TokenLogprob {
      top = List.copyOf(top);
    }
  }
}
