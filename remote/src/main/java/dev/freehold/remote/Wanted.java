package dev.freehold.remote;

import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ReasoningEffort;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolUse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// What a request asks of an upstream, held against what its dialect honours.
///
/// Requests are taken apart by patterns that name all their parts: a part that is added breaks this
/// file's build, so that nothing is passed over in silence.
final class Wanted {

  private Wanted() {}

  /// The conversation to continue.
  ///
  /// @throws InvalidRequest where it is plain text
  static Prompt.Conversation conversation(ChatRequest request) {
    return switch (request.prompt()) {
      case Prompt.Conversation conversation -> conversation;
      case Prompt.Text(String _) ->
          throw new InvalidRequest(
              "This model is an upstream's and continues conversations only; use chat completions.",
              "prompt");
    };
  }

  /// @throws InvalidRequest naming the first field that the upstream cannot honour
  static void check(Dialect dialect, ChatRequest request) {
    if (!(request
        instanceof
        ChatRequest(
            Prompt prompt,
            Sampling sampling,
            OptionalInt _,
            List<String> stop,
            OptionalInt topLogprobs,
            String _))) {
      throw new IllegalArgumentException("There is no request.");
    }
    Sampling usual = Sampling.DEFAULT;
    refuse(dialect, Dialect.Field.TOP_K, sampling.topK() != usual.topK(), "top_k");
    refuse(dialect, Dialect.Field.MIN_P, sampling.minP() != usual.minP(), "min_p");
    refuse(
        dialect,
        Dialect.Field.REPEAT_PENALTY,
        sampling.repeatPenalty() != usual.repeatPenalty(),
        "repeat_penalty");
    refuse(dialect, Dialect.Field.PENALTIES, sampling.presencePenalty() != 0, "presence_penalty");
    refuse(dialect, Dialect.Field.PENALTIES, sampling.frequencyPenalty() != 0, "frequency_penalty");
    refuse(dialect, Dialect.Field.SEED, sampling.seed().isPresent(), "seed");
    refuse(dialect, Dialect.Field.LOGPROBS, topLogprobs.isPresent(), "logprobs");
    conversation(dialect, prompt);
    if (stop.size() > dialect.stops()) {
      throw new InvalidRequest(
          "The upstream behind this model takes at most %d stop strings."
              .formatted(dialect.stops()),
          "stop");
    }
  }

  private static void conversation(Dialect dialect, Prompt prompt) {
    switch (prompt) {
      case Prompt.Text(String _) -> {} // Refused as a whole.
      case Prompt.Conversation(
              List<Message> messages,
              ToolUse tools,
              Optional<ReasoningEffort> effort,
              Map<String, String> variables) -> {
        boolean called = !tools.shown().isEmpty();
        boolean thought = false;
        for (Message message : messages) {
          switch (message) {
            case Message.System(String _), Message.User(String _) -> {}
            case Message.Tool(String _, String _) -> called = true;
            case Message.Assistant(String _, String reasoning, List<ToolCall> calls) -> {
              called |= !calls.isEmpty();
              thought |= !reasoning.isEmpty();
            }
          }
        }
        refuse(dialect, Dialect.Field.TOOLS, called, "tools");
        refuse(dialect, Dialect.Field.EFFORT, effort.isPresent(), "reasoning_effort");
        refuse(dialect, Dialect.Field.REASONING, thought, "reasoning_content");
        refuse(
            dialect,
            Dialect.Field.TEMPLATE_VARIABLES,
            !variables.isEmpty(),
            "chat_template_kwargs");
      }
    }
  }

  private static void refuse(Dialect dialect, Dialect.Field field, boolean asked, String name) {
    if (asked && !dialect.honours(field)) {
      throw new InvalidRequest(
          "%s is not supported by the upstream behind this model (%s); leave it out."
              .formatted(name, dialect.word()),
          name);
    }
  }
}
