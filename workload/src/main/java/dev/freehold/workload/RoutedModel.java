package dev.freehold.workload;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A workload as a model, for one principal: its route decides which model answers.
///
/// Safe for use by many threads at once.
final class RoutedModel implements ChatModel {

  private final Routing routing;

  RoutedModel(Routing routing) {
    this.routing = routing;
  }

  private List<Route.Target> targets() {
    Route route = routing.workload().route();
    List<Route.Target> targets =
        new ArrayList<>(route.targets(routing.workload().name(), routing.asking().principal()));
    if (route.stage() == Stage.CANARY && targets.getFirst().part() == Part.CANDIDATE) {
      // The incumbent answers the others anyway, so it may help these out.
      targets.removeIf(one -> one.model().equals(route.incumbent()));
      targets.add(1, new Route.Target(route.incumbent(), Part.FALLBACK));
    }
    return targets;
  }

  private ChatModel answering() {
    return routing.models().model(targets().getFirst().model(), routing.asking());
  }

  /// That of the model that should answer, under the workload's name.
  @Override
  public ModelCard card() {
    return answering().card().named(routing.workload().name());
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    if (routing.captured()) {
      routing.capture().admit();
    }
    return new RoutedStream(routing, request, targets(), answer -> afterwards(request, answer));
  }

  private void afterwards(ChatRequest request, Attempt answer) {
    Route route = routing.workload().route();
    switch (route.stage()) {
      case INCUMBENT -> {}
      case SHADOW -> {
        String candidate = route.candidate().orElseThrow();
        routing
            .shadows()
            .run(() -> {
              Attempt shadow = ask(request, new Route.Target(candidate, Part.SHADOW), answer.id);
              sample(request, shadow, answer.words());
            });
      }
      case CANARY, FULL -> {
        if (answer.target().part() == Part.CANDIDATE) {
          sample(request, answer, Optional.empty());
        }
      }
    }
  }

  private void sample(ChatRequest request, Attempt candidate, Optional<String> incumbent) {
    boolean comparable = candidate.target().part() == Part.CANDIDATE || incumbent.isPresent();
    if (routing.workload().quality().watched() && comparable) {
      candidate
          .words()
          .ifPresent(words ->
              routing
                  .samples()
                  .accept(
                      routing,
                      new Sample(
                          candidate.id,
                          routing.asking(),
                          request,
                          words,
                          candidate.target().model(),
                          incumbent.orElse(""))));
    }
  }

  /// Asks a model unseen; nobody waits for it.
  Attempt ask(ChatRequest request, Route.Target target, String of) {
    Attempt attempt = new Attempt(routing, request, target, of);
    try (ChatStream stream =
        routing.models().model(target.model(), routing.asking()).stream(request)) {
      while (stream.hasNext()) {
        switch (stream.next()) {
          case ChatEvent.Reading _ -> {}
          case ChatEvent.Reasoning _ -> attempt.think();
          case ChatEvent.Text piece -> attempt.say(piece.text());
          case ChatEvent.ToolCallBegun call -> attempt.call(call);
          case ChatEvent.ToolCallArguments piece -> attempt.argue(piece);
          case ChatEvent.Finished finished -> attempt.answered(finished);
        }
      }
    } catch (FreeholdException e) {
      attempt.failed(e); // That is what a shadow is for: nobody waits for it.
    } finally {
      attempt.left(); // Nothing, where it has ended.
    }
    return attempt;
  }

  @Override
  public int countTokens(Prompt prompt) {
    return answering().countTokens(prompt);
  }

  /// The models belong to all who ask them.
  @Override
  public void close() {}
}
