package dev.freehold.workload;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

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
  private final List<StringBuilder> calls = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private long firstWord;
  private boolean ended;
  private boolean answered;

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

  synchronized void think() {
    firstWord = firstWord == 0 ? System.nanoTime() : firstWord;
  }

  synchronized void say(String piece) {
    think();
    text.append(piece);
  }

  synchronized void call(ChatEvent.ToolCallBegun call) {
    think();
    calls.add(new StringBuilder());
    names.add(call.name());
  }

  synchronized void argue(ChatEvent.ToolCallArguments piece) {
    calls.get(piece.index()).append(piece.text());
  }

  /// The words, and on a line of its own below them the tools called.
  private String said() {
    if (calls.isEmpty()) {
      return text.toString();
    }
    ArrayNode array = Json.MAPPER.createArrayNode();
    for (int i = 0; i < calls.size(); i++) {
      array.addObject().put("name", names.get(i)).put("arguments", calls.get(i).toString());
    }
    return text + "\n" + Json.MAPPER.writeValueAsString(array);
  }

  /// Whether an answer has the form that the workload expects and that the request asked for.
  private boolean holds(String words) {
    return routing.workload().form().holds(words) && FormatCheck.holds(request.format(), words);
  }

  /// The words that were said, where it answered in words alone; empty otherwise.
  synchronized Optional<String> words() {
    return answered && calls.isEmpty() ? Optional.of(text.toString()) : Optional.empty();
  }

  Route.Target target() {
    return target;
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
    answered = outcome == Exchange.Outcome.ANSWERED;
    long now = System.nanoTime();
    String words = text.toString();
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
            outcome == Exchange.Outcome.ANSWERED && (!calls.isEmpty() || holds(words)),
            Refusals.refuses(words),
            routing.request(request),
            routing.format(request),
            routing.answer(said()),
            false));
  }
}
