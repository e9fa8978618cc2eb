package dev.freehold.engine;

import dev.freehold.model.ModelConfiguration;
import java.util.Optional;

/// How an engine shares its machine.
///
/// @param threads threads that compute; at least 1
/// @param contextLength most tokens of prompt and answer; 0 takes what the model was trained for
/// @param running most requests worked on at once; further ones wait
/// @param waiting most requests that wait; one more is refused as [dev.freehold.chat.Busy]
/// @param promptTokensPerStep most prompt tokens a step reads while no answer is under way
/// @param promptTokensBesideAnswers the same while answers are under way, so that they do not stall
/// @param cacheBytes memory for what models remember of running and finished requests; at least one
///   request of full length is served whatever this says
/// @param savedPrompts where long prompts are kept on the disk, if anywhere
public record EngineConfiguration(
    int threads,
    int contextLength,
    int running,
    int waiting,
    int promptTokensPerStep,
    int promptTokensBesideAnswers,
    long cacheBytes,
    Optional<SavedPrompts> savedPrompts) {

  /// @param threads threads that compute; at least 1
  /// @param contextLength most tokens of prompt and answer; 0 takes what the model was trained for
  /// @param running most requests worked on at once; further ones wait
  /// @param waiting most requests that wait; one more is refused as [dev.freehold.chat.Busy]
  /// @param promptTokensPerStep most prompt tokens a step reads while no answer is under way
  /// @param promptTokensBesideAnswers the same while answers are under way
  /// @param cacheBytes memory for what models remember of running and finished requests
  /// @param savedPrompts where long prompts are kept on the disk, if anywhere
  public EngineConfiguration {
    if (threads < 1
        || contextLength < 0
        || running < 1
        || waiting < 1
        || promptTokensPerStep < 1
        || promptTokensBesideAnswers < 1
        || cacheBytes < 0) {
      throw new IllegalArgumentException(
          "threads %d, context length %d, running %d, waiting %d, prompt tokens %d and %d, cache %d"
              .formatted(
                  threads,
                  contextLength,
                  running,
                  waiting,
                  promptTokensPerStep,
                  promptTokensBesideAnswers,
                  cacheBytes));
    }
  }

  /// A thread for each physical core, sixteen requests at once, 64 waiting, and a quarter of the
  /// heap for what is remembered.
  public static EngineConfiguration standard() {
    return new EngineConfiguration(
        ModelConfiguration.standard().threads(),
        0,
        16,
        64,
        256,
        64,
        Runtime.getRuntime().maxMemory() / 4,
        Optional.empty());
  }

  /// The same with so many threads.
  public EngineConfiguration withThreads(int value) {
    return new EngineConfiguration(
        value,
        contextLength,
        running,
        waiting,
        promptTokensPerStep,
        promptTokensBesideAnswers,
        cacheBytes,
        savedPrompts);
  }

  /// The same with a context window of so many tokens.
  public EngineConfiguration withContextLength(int value) {
    return new EngineConfiguration(
        threads,
        value,
        running,
        waiting,
        promptTokensPerStep,
        promptTokensBesideAnswers,
        cacheBytes,
        savedPrompts);
  }

  /// The same with so many requests at once and so many waiting.
  public EngineConfiguration withRequests(int runningValue, int waitingValue) {
    return new EngineConfiguration(
        threads,
        contextLength,
        runningValue,
        waitingValue,
        promptTokensPerStep,
        promptTokensBesideAnswers,
        cacheBytes,
        savedPrompts);
  }

  /// The same with prompts read in pieces of so many tokens.
  public EngineConfiguration withPromptTokens(int perStep, int besideAnswers) {
    return new EngineConfiguration(
        threads, contextLength, running, waiting, perStep, besideAnswers, cacheBytes, savedPrompts);
  }

  /// The same with so much memory for what is remembered.
  public EngineConfiguration withCacheBytes(long value) {
    return new EngineConfiguration(
        threads,
        contextLength,
        running,
        waiting,
        promptTokensPerStep,
        promptTokensBesideAnswers,
        value,
        savedPrompts);
  }

  /// The same with long prompts kept on the disk.
  public EngineConfiguration withSavedPrompts(SavedPrompts value) {
    return new EngineConfiguration(
        threads,
        contextLength,
        running,
        waiting,
        promptTokensPerStep,
        promptTokensBesideAnswers,
        cacheBytes,
        Optional.of(value));
  }

  ModelConfiguration forModel() {
    return ModelConfiguration.standard().withThreads(threads).withContextLength(contextLength);
  }
}
