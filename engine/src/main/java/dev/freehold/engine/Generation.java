package dev.freehold.engine;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ResponseFormat;
import dev.freehold.chat.Unavailable;
import dev.freehold.engine.grammar.Constraint;
import dev.freehold.model.Batch;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.Logits;
import dev.freehold.model.answer.AnswerFormat;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// An answer being generated.
final class Generation extends Sequence {

  private static final long READING_INTERVAL = TimeUnit.MILLISECONDS.toNanos(250);

  private final ChatRequest request;
  private final Tokenizer tokenizer;
  private final int promptTokens;
  private final int longest;
  private final Sampler sampler;
  private final @Nullable Constraint constraint;
  private final LocalChatStream stream = new LocalChatStream(this);
  private final AnswerEvents answer;
  private int cachedTokens;
  private int generated;
  private long lastReading = System.nanoTime();

  /// @param longest most tokens of prompt and answer
  /// @param format how the model writes what it thinks and calls
  /// @param rendered the end of the prompt as text
  /// @param trimSpace whether a blank at the beginning is the tokenizer's and not the answer's
  Generation(
      int[] prompt,
      ChatRequest request,
      Tokenizer tokenizer,
      int longest,
      AnswerFormat format,
      String rendered,
      boolean trimSpace) {
    this(
        prompt,
        request,
        tokenizer,
        longest,
        format,
        rendered,
        trimSpace,
        new Sampler(request.sampling(), prompt),
        null,
        List.of());
  }

  /// @param longest most tokens of prompt and answer
  /// @param format how the model writes what it thinks and calls
  /// @param rendered the end of the prompt as text
  /// @param trimSpace whether a blank at the beginning is the tokenizer's and not the answer's
  /// @param sampler what chooses its tokens
  /// @param constraint what the answer is held to
  /// @param adapters what is put on top of the model
  Generation(
      int[] prompt,
      ChatRequest request,
      Tokenizer tokenizer,
      int longest,
      AnswerFormat format,
      String rendered,
      boolean trimSpace,
      Sampler sampler,
      @Nullable Constraint constraint,
      List<FittedAdapter.Use> adapters) {
    super(prompt, adapters);
    this.constraint = constraint;
    this.request = request;
    this.tokenizer = tokenizer;
    this.promptTokens = prompt.length;
    this.longest = Math.min(longest, prompt.length + request.maxTokens().orElse(longest));
    this.sampler = sampler;
    this.answer =
        new AnswerEvents(
            request.prompt(), request.stop(), format, tokenizer, rendered, trimSpace, stream::put);
    if (!(request.format() instanceof ResponseFormat.Free)) {
      answer.callsFirst();
    }
  }

  LocalChatStream stream() {
    return stream;
  }

  PrefixCache.Scope scope() {
    return new PrefixCache.Scope(request.cacheScope(), adapters());
  }

  /// Says how much of the prompt an earlier request had left.
  void cached(int count) {
    // A request that gave its memory back and is read again says what it found at first.
    if (generated == 0 && cachedTokens == 0) {
      cachedTokens = count;
    }
  }

  @Override
  boolean answering() {
    return generated > 0 && ahead() == 1;
  }

  @Override
  Batch.Outputs outputs(int count) {
    return count == ahead() ? Batch.Outputs.LAST : Batch.Outputs.NONE;
  }

  @Override
  boolean accept(Logits logits, int entry) {
    if (ahead() > 0) {
      tellReading();
      return false;
    }
    if (constraint != null && constraint.complete()) {
      return finish(ended());
    }
    float[] row = logits.last(entry);
    // The sampler changes the row; log-probabilities are those of the unmodified distribution.
    LogProbabilities unmodified =
        request.topLogprobs().isPresent() ? LogProbabilities.of(row.clone()) : null;
    for (int never : tokenizer.vocabulary().suppressed()) {
      row[never] = Float.NEGATIVE_INFINITY;
    }
    if (constraint != null) {
      constraint.apply(row, longest - length());
    }
    int token = sampler.next(row);
    generated++;
    if (tokenizer.vocabulary().endsOfTurn().contains(token)) {
      return finish(ended());
    }
    append(token);
    if (constraint != null) {
      constraint.accept(token);
    }
    ChatEvent.@Nullable TokenLogprob logprob =
        unmodified == null ? null : logprob(unmodified, token);
    if (answer.append(token, logprob)) {
      return finish(ChatEvent.FinishReason.STOP);
    }
    if (constraint != null && constraint.complete()) {
      return finish(ended());
    }
    if (length() >= longest) {
      return finish(ChatEvent.FinishReason.LENGTH);
    }
    return false;
  }

  /// Why an answer is complete that no limit has cut: one that had to hurry because of the limit
  /// has been cut by it all the same.
  private ChatEvent.FinishReason ended() {
    return constraint != null && constraint.hurried()
        ? ChatEvent.FinishReason.LENGTH
        : ChatEvent.FinishReason.STOP;
  }

  private void tellReading() {
    long now = System.nanoTime();
    if (generated == 0 && now - lastReading >= READING_INTERVAL) {
      lastReading = now;
      stream.put(new ChatEvent.Reading(promptTokens - ahead(), promptTokens));
    }
  }

  private boolean finish(ChatEvent.FinishReason reason) {
    answer.end();
    boolean called = reason == ChatEvent.FinishReason.STOP && answer.called();
    stream.put(
        new ChatEvent.Finished(
            called ? ChatEvent.FinishReason.TOOL_CALLS : reason,
            new ChatEvent.Usage(promptTokens, cachedTokens, generated, answer.reasoningTokens())));
    return true;
  }

  private ChatEvent.TokenLogprob logprob(LogProbabilities unmodified, int token) {
    return new TokenLogprobs(tokenizer, request.topLogprobs().orElse(0)).of(token, unmodified);
  }

  @Override
  void fail(Unavailable failure) {
    stream.fail(failure);
  }
}
