package dev.freehold.workload;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One model's attempt at a request, from the question to its end; kept once, whoever ends it
/// first.
///
/// One thread reads the answer; any may end the attempt.
final class Attempt {

  private final Routing routing;
  private final ChatRequest request;
  private final Route.Target target;
  private final String of;
  final String id;
  private final Instant at;
  private final long began = System.nanoTime();
  private final StringBuilder text = new StringBuilder();
  private long firstWord;
  private boolean ended;

  Attempt(Routing routing, ChatRequest request, Route.Target target, String of) {
    this.routing = routing;
    this.request = request;
    this.target = target;
    this.of = of;
    this.id = routing.newId();
    this.at = routing.clock().instant();
  }

  synchronized boolean begun() {
    return firstWord != 0;
  }

  synchronized void say(String piece) {
    firstWord = firstWord == 0 ? System.nanoTime() : firstWord;
    text.append(piece);
  }

  void answered(ChatEvent.Finished finished) {
    end(Exchange.Outcome.ANSWERED, "", Optional.of(finished));
  }

  void failed(RuntimeException failure) {
    end(Exchange.Outcome.FAILED, failure.getClass().getSimpleName(), Optional.empty());
  }

  void left() {
    end(Exchange.Outcome.LEFT, "", Optional.empty());
  }

  private synchronized void end(
      Exchange.Outcome outcome, String problem, Optional<ChatEvent.Finished> finished) {
    if (ended) {
      return;
    }
    ended = true;
    long now = System.nanoTime();
    String said = text.toString();
    ChatEvent.@Nullable Finished end = finished.orElse(null);
    ChatEvent.Usage usage = end == null ? new ChatEvent.Usage(0, 0, 0) : end.usage();
    routing.keep(
        new Exchange(
            id,
            at,
            routing.workload().name(),
            routing.asking().principal().id(),
            target.model(),
            target.part(),
            of,
            outcome,
            problem,
            end == null ? "" : end.reason().name(),
            Duration.ofNanos(now - began),
            firstWord == 0 ? Duration.ZERO : Duration.ofNanos(firstWord - began),
            usage.promptTokens(),
            usage.completionTokens(),
            routing.cost(target.model(), usage),
            outcome == Exchange.Outcome.ANSWERED && routing.workload().form().holds(said),
            Refusals.refuses(said),
            routing.request(request),
            routing.answer(said)));
  }
}
