package dev.freehold.workload;

import dev.freehold.chat.Busy;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Unavailable;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An answer of whichever model of a route gives one: where one fails before its first word, the
/// next is asked. The end is handed on once the exchange is kept.
final class RoutedStream implements ChatStream {

  private final Routing routing;
  private final ChatRequest request;
  private final Iterator<Route.Target> targets;
  private final Consumer<Attempt> afterwards;
  private volatile @Nullable ChatStream stream;
  private volatile boolean closed;
  private volatile Attempt attempt;
  private boolean finished;
  private boolean over;

  RoutedStream(
      Routing routing,
      ChatRequest request,
      List<Route.Target> targets,
      Consumer<Attempt> afterwards) {
    this.routing = routing;
    this.request = request;
    this.targets = targets.iterator();
    this.afterwards = afterwards;
    this.attempt = open();
  }

  /// Asks the next model that begins to answer.
  private Attempt open() {
    while (true) {
      Route.Target target = targets.next();
      Attempt next = new Attempt(routing, request, target, "");
      try {
        ChatStream opened =
            routing.models().model(target.model(), routing.asking()).stream(request);
        stream = opened;
        if (closed) {
          opened.close();
        }
        return next;
      } catch (RuntimeException e) {
        if (!another(next, e)) {
          throw e;
        }
      }
    }
  }

  /// Ends an attempt that came to nothing; whether the next model is asked instead.
  private boolean another(Attempt ended, RuntimeException why) {
    // Who asks is waited for on this thread: an interrupt says that nobody waits any more, and
    // nothing of the model.
    if (closed || Thread.currentThread().isInterrupted()) {
      ended.left();
      return false;
    }
    ended.failed(why);
    return (why instanceof Unavailable || why instanceof Busy)
        && !ended.begun()
        && targets.hasNext();
  }

  @Override
  public boolean hasNext() {
    return !finished;
  }

  @Override
  public ChatEvent next() {
    if (finished) {
      throw new NoSuchElementException();
    }
    while (true) {
      try {
        ChatEvent event = current().next();
        switch (event) {
          case ChatEvent.Reading _ -> {}
          case ChatEvent.Reasoning _ -> attempt.think();
          case ChatEvent.Text piece -> attempt.say(piece.text());
          case ChatEvent.ToolCallBegun call -> attempt.call(call);
          case ChatEvent.ToolCallArguments piece -> attempt.argue(piece);
          case ChatEvent.Finished end -> {
            over = true;
            attempt.answered(end);
            finished = true;
            afterwards.accept(attempt);
          }
        }
        return event;
      } catch (RuntimeException e) {
        if (over) {
          throw e;
        }
        if (!another(attempt, e)) {
          over = true;
          throw e;
        }
        current().close();
        attempt = open();
      }
    }
  }

  private ChatStream current() {
    ChatStream now = stream;
    if (now == null) {
      throw new IllegalStateException("No model was asked.");
    }
    return now;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    ChatStream now = stream;
    if (now != null) {
      now.close();
    }
    attempt.left(); // Nothing, where it has ended.
  }
}
