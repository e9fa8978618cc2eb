package dev.freehold.remote;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.ReasoningEffort;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.chat.Sampling;
import dev.freehold.chat.ToolCall;
import dev.freehold.chat.ToolUse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

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
            String _,
            ResponseFormat format,
            List<AdapterUse> adapters))) {
      throw new IllegalArgumentException("There is no request.");
    }
    sampling(dialect, sampling);
    refuse(dialect, Dialect.Field.LOGPROBS, topLogprobs.isPresent(), "logprobs");
    conversation(dialect, prompt);
    format(dialect, format);
    refuse(dialect, !adapters.isEmpty(), "lora");
    if (stop.size() > dialect.stops()) {
      throw new InvalidRequest(
          "The upstream behind this model takes at most %d stop strings."
              .formatted(dialect.stops()),
          "stop");
    }
  }

  private static void sampling(Dialect dialect, Sampling sampling) {
    Sampling usual = Sampling.DEFAULT;
    switch (sampling) {
      case Sampling(
              double _, // temperature and top_p: all know them
              int topK,
              double _,
              double minP,
              double typicalP,
              Sampling.Xtc xtc,
              double repeatPenalty,
              int repeatLastN,
              double presencePenalty,
              double frequencyPenalty,
              Sampling.Dry dry,
              Sampling.Mirostat mirostat,
              Map<Integer, Double> logitBias,
              OptionalLong seed) -> {
        refuse(dialect, Dialect.Field.TOP_K, topK != usual.topK(), "top_k");
        refuse(dialect, Dialect.Field.MIN_P, minP != usual.minP(), "min_p");
        boolean repeats = repeatPenalty != usual.repeatPenalty();
        refuse(dialect, Dialect.Field.REPEAT_PENALTY, repeats, "repeat_penalty");
        refuse(dialect, Dialect.Field.PENALTIES, presencePenalty != 0, "presence_penalty");
        refuse(dialect, Dialect.Field.PENALTIES, frequencyPenalty != 0, "frequency_penalty");
        refuse(dialect, Dialect.Field.SEED, seed.isPresent(), "seed");
        refuse(dialect, typicalP != usual.typicalP(), "typical_p");
        refuse(dialect, xtc.isOn(), "xtc_probability");
        refuse(dialect, repeats && repeatLastN != usual.repeatLastN(), "repeat_last_n");
        refuse(dialect, dry.isOn(), "dry_multiplier");
        refuse(dialect, mirostat.isOn(), "mirostat");
        // Ids of tokens mean something else to each model: a route may change which one answers.
        refuse(dialect, !logitBias.isEmpty(), "logit_bias");
      }
    }
  }

  private static void format(Dialect dialect, ResponseFormat format) {
    switch (format) {
      case ResponseFormat.Free() -> {}
      case ResponseFormat.JsonObject(), ResponseFormat.JsonSchema(String _, String _) ->
          refuse(dialect, Dialect.Field.RESPONSE_FORMAT, true, "response_format");
      case ResponseFormat.Regex(String _), ResponseFormat.OneOf(List<String> _) ->
          refuse(dialect, true, "structured_outputs");
      case ResponseFormat.Gbnf(String _) -> refuse(dialect, true, "grammar");
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
    refuse(dialect, asked && !dialect.honours(field), name);
  }

  private static void refuse(Dialect dialect, boolean refused, String name) {
    if (refused) {
      throw new InvalidRequest(
          "%s is not supported by the upstream behind this model (%s); leave it out."
              .formatted(name, dialect.word()),
          name);
    }
  }
}
