package dev.freehold.evaluation;

import dev.freehold.chat.Busy;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Sampling;
import dev.freehold.evaluation.grader.Grader;
import java.time.Duration;
import java.util.List;

/// Puts one case to one model and notes what it took. Safe for use by many threads.
final class Answerer {

  /// How often a model that is busy is asked again.
  private static final int PATIENCE = 20;

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final ProofSettings settings;

  Answerer(ProofSettings settings) {
    this.settings = settings;
  }

  Attempt ask(ChatModel model, String name, Case one, Grader grader, int run, long seed) {
    for (int attempt = 1; ; attempt++) {
      long start = System.nanoTime();
      try {
        return grader instanceof Grader.Likelihood
            ? likelihoods(model, name, one, run, start)
            : answer(model, name, one, run, seed, start);
      } catch (Busy e) {
        if (attempt == PATIENCE || !waited(e.retryAfter())) {
          return failed(name, one, run, start, e);
        }
      } catch (FreeholdException e) {
        return failed(name, one, run, start, e);
      }
    }
  }

  private static boolean waited(Duration asked) {
    try {
      Thread.sleep(asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Attempt answer(ChatModel model, String name, Case one, int run, long seed, long start) {
    Sampling sampling =
        settings.temperature() == 0
            ? Sampling.GREEDY
            : Sampling.DEFAULT.withTemperature(settings.temperature()).withSeed(seed);
    ChatRequest request =
        ChatRequest.of(new Prompt.Conversation(one.messages()))
            .withSampling(sampling)
            .withMaxTokens(settings.maxTokens())
            .withFormat(one.format());
    StringBuilder text = new StringBuilder();
    long first = 0;
    ChatEvent.Usage usage = new ChatEvent.Usage(0, 0, 0);
    String fingerprint = "";
    try (ChatStream events = model.stream(request)) {
      while (events.hasNext()) {
        switch (events.next()) {
          // What was only thought is no answer, and no case offers tools.
          case ChatEvent.Reading _,
              ChatEvent.Reasoning _,
              ChatEvent.ToolCallBegun _,
              ChatEvent.ToolCallArguments _ -> {}
          case ChatEvent.Text piece -> {
            first = first == 0 ? millis(start) : first;
            text.append(piece.text());
          }
          case ChatEvent.Finished finished -> {
            usage = finished.usage();
            fingerprint = finished.fingerprint();
          }
        }
      }
    }
    return new Attempt(
        name,
        one.id(),
        run,
        text.toString(),
        "",
        List.of(),
        usage.promptTokens(),
        usage.completionTokens(),
        first,
        millis(start),
        fingerprint);
  }

  private static Attempt likelihoods(ChatModel model, String name, Case one, int run, long start) {
    Choices choices = one.choices().orElseThrow();
    List<Continuation> scored = model.continuations(choices.context(), choices.continuations());
    return new Attempt(
        name,
        one.id(),
        run,
        "",
        "",
        scored.stream().map(Continuation::logProbability).toList(),
        scored.stream().mapToInt(Continuation::tokens).sum(),
        0,
        millis(start),
        millis(start));
  }

  private static Attempt failed(
      String name, Case one, int run, long start, FreeholdException error) {
    String why = error.getClass().getSimpleName() + ": " + error.getMessage();
    return new Attempt(name, one.id(), run, "", why, List.of(), 0, 0, 0, millis(start));
  }

  private static long millis(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }
}
