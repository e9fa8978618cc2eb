package dev.freehold.chat;

import java.util.List;
import java.util.OptionalInt;

/// One question to a model: what to continue, how to choose tokens, when to end.
///
/// @param prompt what to continue
/// @param sampling how to choose tokens
/// @param maxTokens most tokens to generate; empty: up to the end of the context window
/// @param stop generation ends before any of these strings; at most 16, none empty
/// @param topLogprobs empty: none; n: the log-probability of each token and of the n likeliest
///   beside it (0 to 20)
/// @param cacheScope requests share what is cached of their prompts only within one scope (who
///   asks, as a rule), so that nobody learns from timing what another has asked; empty shares with
///   everybody who leaves it empty
/// @param format what form the answer must have
/// @param adapters what is put on top of the model, each once at most; one that is not named is not
///   used, but for those that the model's own name names
public record ChatRequest(
    Prompt prompt,
    Sampling sampling,
    OptionalInt maxTokens,
    List<String> stop,
    OptionalInt topLogprobs,
    String cacheScope,
    ResponseFormat format,
    List<AdapterUse> adapters) {

  private static final int MOST_ADAPTERS = 8;

  /// Cache scopes that begin so leave nothing on the disk.
  public static final String IN_MEMORY = "in-memory ";

  public ChatRequest {
    stop = List.copyOf(stop);
    adapters = List.copyOf(adapters);
    if (adapters.size() > MOST_ADAPTERS
        || adapters.stream().map(AdapterUse::name).distinct().count() < adapters.size()) {
      throw new InvalidRequest("lora takes at most 8 adapters, each once.", "lora");
    }
    if (maxTokens.isPresent() && maxTokens.getAsInt() < 1) {
      throw new InvalidRequest("At least one token must be allowed.", "max_tokens");
    }
    if (stop.size() > 16 || stop.stream().anyMatch(String::isEmpty)) {
      throw new InvalidRequest("stop takes at most 16 strings, none of them empty.", "stop");
    }
    if (topLogprobs.isPresent() && (topLogprobs.getAsInt() < 0 || topLogprobs.getAsInt() > 20)) {
      throw new InvalidRequest("top_logprobs takes 0 to 20.", "top_logprobs");
    }
  }

  /// A request for an answer of any form.
  public ChatRequest(
      Prompt prompt,
      Sampling sampling,
      OptionalInt maxTokens,
      List<String> stop,
      OptionalInt topLogprobs,
      String cacheScope) {
    this(prompt, sampling, maxTokens, stop, topLogprobs, cacheScope, ResponseFormat.FREE);
  }

  /// A request to a model as it is.
  public ChatRequest(
      Prompt prompt,
      Sampling sampling,
      OptionalInt maxTokens,
      List<String> stop,
      OptionalInt topLogprobs,
      String cacheScope,
      ResponseFormat format) {
    this(prompt, sampling, maxTokens, stop, topLogprobs, cacheScope, format, List.of());
  }

  /// A conversation with default sampling and no limit but the context window.
  public static ChatRequest of(Message... messages) {
    return of(new Prompt.Conversation(List.of(messages)));
  }

  /// A prompt with default sampling and no limit but the context window.
  public static ChatRequest of(Prompt prompt) {
    return new ChatRequest(
        prompt, Sampling.DEFAULT, OptionalInt.empty(), List.of(), OptionalInt.empty(), "");
  }

  /// The same request for another prompt.
  public ChatRequest withPrompt(Prompt value) {
    return new ChatRequest(
        value, sampling, maxTokens, stop, topLogprobs, cacheScope, format, adapters);
  }

  /// The same request with other sampling.
  public ChatRequest withSampling(Sampling value) {
    return new ChatRequest(
        prompt, value, maxTokens, stop, topLogprobs, cacheScope, format, adapters);
  }

  /// The same request with a limit on the tokens generated.
  public ChatRequest withMaxTokens(int value) {
    return new ChatRequest(
        prompt, sampling, OptionalInt.of(value), stop, topLogprobs, cacheScope, format, adapters);
  }

  /// The same request that ends before any of these strings.
  public ChatRequest withStop(List<String> value) {
    return new ChatRequest(
        prompt, sampling, maxTokens, value, topLogprobs, cacheScope, format, adapters);
  }

  /// The same request with log-probabilities of each token and of the likeliest `value` beside it.
  public ChatRequest withTopLogprobs(int value) {
    return new ChatRequest(
        prompt, sampling, maxTokens, stop, OptionalInt.of(value), cacheScope, format, adapters);
  }

  /// The same request in another cache scope.
  public ChatRequest withCacheScope(String value) {
    return new ChatRequest(prompt, sampling, maxTokens, stop, topLogprobs, value, format, adapters);
  }

  /// The same request for an answer of a certain form.
  public ChatRequest withFormat(ResponseFormat value) {
    return new ChatRequest(
        prompt, sampling, maxTokens, stop, topLogprobs, cacheScope, value, adapters);
  }

  /// The same request with these adapters on top of the model.
  public ChatRequest withAdapters(List<AdapterUse> value) {
    return new ChatRequest(
        prompt, sampling, maxTokens, stop, topLogprobs, cacheScope, format, value);
  }
}
