package dev.freehold.engine;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ContextLengthExceeded;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import dev.freehold.model.Batch;
import dev.freehold.model.FittedAdapter;
import dev.freehold.model.Logits;
import dev.freehold.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// A given text being read to find how likely its last tokens are.
///
/// The last token of the text is not read: nothing depends on what follows it.
final class Scoring extends Sequence {

  /// Texts in the engine at once, so that a long list does not fill its inbox.
  private static final int TOGETHER = 8;

  private final int[] text;
  private final int first;
  private final CompletableFuture<Continuation> score = new CompletableFuture<>();
  private int read;
  private double sum;
  private boolean greedy = true;
  private final List<ChatEvent.TokenLogprob> told = new ArrayList<>();
  private @Nullable TokenLogprobs telling;
  private final PrefixCache.@Nullable Scope scope;
  private final boolean kept;

  /// @param text all tokens
  /// @param first index of the first scored one, at least 1
  private Scoring(int[] text, int first, List<FittedAdapter.Use> adapters) {
    this(text, first, adapters, null, false);
  }

  /// @param scope within which what is before the scored tokens is read once; null: by itself
  /// @param kept whether what this one read is kept for others of the scope
  private Scoring(
      int[] text,
      int first,
      List<FittedAdapter.Use> adapters,
      PrefixCache.@Nullable Scope scope,
      boolean kept) {
    super(Arrays.copyOf(text, text.length - 1), adapters);
    this.text = text;
    this.first = first;
    this.scope = scope;
    this.kept = kept;
  }

  /// Scores answers to one prompt, which is read once.
  ///
  /// @param prompt tokens, at least one
  /// @param answers tokens of each, at least one
  /// @throws ContextLengthExceeded where one does not fit
  static List<Continuation> answers(
      Engine engine,
      int longest,
      int[] prompt,
      List<int[]> answers,
      List<FittedAdapter.Use> adapters) {
    // A scope of its own: nobody learns from timing what was asked here.
    PrefixCache.Scope scope =
        new PrefixCache.Scope("scoring " + UUID.randomUUID(), List.copyOf(adapters));
    List<Scoring> prepared = new ArrayList<>();
    for (int[] answer : answers) {
      int[] all = Arrays.copyOf(prompt, prompt.length + answer.length);
      System.arraycopy(answer, 0, all, prompt.length, answer.length);
      if (prompt.length < 1 || answer.length < 1) {
        throw new InvalidRequest(
            "Both the prompt and its answer need at least one token.", "continuation");
      }
      if (all.length - 1 > longest) {
        throw new ContextLengthExceeded(all.length - 1, longest);
      }
      prepared.add(new Scoring(all, prompt.length, adapters, scope, prepared.isEmpty()));
    }
    List<Continuation> scores = new ArrayList<>();
    for (int from = 0; from < prepared.size(); ) {
      int to = from == 0 ? 1 : Math.min(prepared.size(), from + TOGETHER);
      scores.addAll(together(engine, prepared.subList(from, to)));
      from = to;
    }
    return scores;
  }

  PrefixCache.@Nullable Scope scope() {
    return scope;
  }

  /// What comes before the scored tokens.
  int[] before() {
    return Arrays.copyOf(text, first);
  }

  boolean kept() {
    return kept;
  }

  /// The tokens of a text, each with how likely it is after those before it; the first, which has
  /// none before it, has no number.
  ///
  /// @param top how many of the likeliest are told beside each
  /// @throws ContextLengthExceeded where it does not fit
  static List<ChatEvent.TokenLogprob> each(
      Engine engine,
      Tokenizer tokenizer,
      int longest,
      String text,
      int top,
      List<FittedAdapter.Use> adapters) {
    int[] tokens = tokenizer.withBeginning(tokenizer.encode(text));
    if (tokens.length - 1 > longest) {
      throw new ContextLengthExceeded(tokens.length - 1, longest);
    }
    TokenLogprobs telling = new TokenLogprobs(tokenizer, top);
    List<ChatEvent.TokenLogprob> all = new ArrayList<>();
    if (tokens.length > 0) {
      all.add(telling.first(tokens[0]));
    }
    if (tokens.length > 1) {
      Scoring scoring = new Scoring(tokens, 1, adapters);
      scoring.telling = telling;
      together(engine, List.of(scoring));
      all.addAll(scoring.told);
    }
    return all;
  }

  /// Scores texts as continuations of a context.
  ///
  /// @throws ContextLengthExceeded where one does not fit
  static List<Continuation> all(
      Engine engine,
      Tokenizer tokenizer,
      int longest,
      String context,
      List<String> texts,
      List<FittedAdapter.Use> adapters) {
    List<Scoring> prepared = new ArrayList<>();
    for (String text : texts) {
      prepared.add(prepare(tokenizer, longest, context, text, adapters));
    }
    List<Continuation> scores = new ArrayList<>();
    for (int from = 0; from < prepared.size(); from += TOGETHER) {
      scores.addAll(
          together(engine, prepared.subList(from, Math.min(prepared.size(), from + TOGETHER))));
    }
    return scores;
  }

  private static Scoring prepare(
      Tokenizer tokenizer,
      int longest,
      String context,
      String text,
      List<FittedAdapter.Use> adapters) {
    String before = context.stripTrailing();
    String continued = context.substring(before.length()) + text;
    int[] all = tokenizer.withBeginning(tokenizer.encode(before + continued));
    int first = tokenizer.withBeginning(tokenizer.encode(before)).length;
    if (first < 1 || all.length <= first) {
      throw new InvalidRequest(
          "Both the context and its continuation need at least one token.", "continuation");
    }
    if (all.length - 1 > longest) {
      throw new ContextLengthExceeded(all.length - 1, longest);
    }
    return new Scoring(all, first, adapters);
  }

  private static List<Continuation> together(Engine engine, List<Scoring> scorings) {
    boolean complete = false;
    try {
      scorings.forEach(engine::submit);
      List<Continuation> scores = new ArrayList<>();
      for (Scoring scoring : scorings) {
        scores.add(scoring.score.join());
      }
      complete = true;
      return scores;
    } catch (CompletionException e) {
      throw new Unavailable("The text was not scored: " + e.getCause(), e);
    } finally {
      if (!complete) {
        scorings.forEach(Sequence::cancel);
      }
    }
  }

  @Override
  boolean answering() {
    return false;
  }

  @Override
  int piece(int most) {
    // What comes before the scored tokens needs no logits, and those of a long prompt are many.
    int unscored = first - 1 - (length() - ahead());
    return unscored > 0 ? Math.min(most, unscored) : most;
  }

  @Override
  Batch.Outputs outputs(int count) {
    return length() - ahead() < first - 1 ? Batch.Outputs.NONE : Batch.Outputs.ALL;
  }

  @Override
  boolean accept(Logits logits, int entry) {
    int rows = logits.count(entry);
    // A sequence that gave its memory back reads again; what it knows it does not count twice.
    int next = length() - ahead() - rows + 1;
    for (int i = 0; i < rows; i++) {
      int target = next + i;
      if (target >= first + read) {
        LogProbabilities probabilities = LogProbabilities.of(logits.row(entry, i));
        sum += probabilities.of(text[target]);
        greedy &= probabilities.best(1)[0] == text[target];
        if (telling != null) {
          told.add(telling.of(text[target], probabilities));
        }
        read++;
      }
    }
    if (ahead() > 0) {
      return false;
    }
    score.complete(new Continuation(sum, text.length - first, greedy));
    return true;
  }

  @Override
  void fail(Unavailable failure) {
    score.completeExceptionally(failure);
  }
}
