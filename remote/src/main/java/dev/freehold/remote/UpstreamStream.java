package dev.freehold.remote;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Unavailable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;

/// An upstream's answer on its way. Closing it ends the connection, which is how an upstream learns
/// that nobody listens any more.
final class UpstreamStream implements ChatStream {

  private static final int LONGEST_EVENT = 4 << 20;

  private final String upstream;
  private final WatchedBody body;
  private final ServerSentEvents events;
  private final Wire.Reading reading;
  private final CircuitBreaker breaker;
  private final Queue<ChatEvent> ready = new ArrayDeque<>();
  private boolean finished;
  private boolean delivered;
  private volatile boolean closed;

  UpstreamStream(String upstream, WatchedBody body, Wire.Reading reading, CircuitBreaker breaker) {
    this.upstream = upstream;
    this.body = body;
    this.events = new ServerSentEvents(new BufferedInputStream(body), LONGEST_EVENT);
    this.reading = reading;
    this.breaker = breaker;
  }

  @Override
  public boolean hasNext() {
    return !delivered;
  }

  @Override
  public ChatEvent next() {
    if (delivered) {
      throw new NoSuchElementException();
    }
    while (ready.isEmpty()) {
      read();
    }
    ChatEvent event = ready.remove();
    delivered = event instanceof ChatEvent.Finished;
    return event;
  }

  private void read() {
    if (closed) {
      throw new Unavailable("The answer of %s was cancelled.".formatted(upstream));
    }
    boolean sound = false;
    try {
      Optional<ServerSentEvents.Event> event = events.next();
      if (event.isEmpty()) {
        throw UpstreamFailure.broken(upstream, "ended before the answer did");
      }
      reading.accept(event.get(), this::take);
      sound = true;
    } catch (ServerSentEvents.Garbage e) {
      throw UpstreamFailure.broken(upstream, "sent what cannot be read: " + e.getMessage(), e);
    } catch (IOException e) {
      throw closed
          ? new Unavailable("The answer of %s was cancelled.".formatted(upstream), e)
          : UpstreamFailure.broken(
              upstream, "lost the connection (%s)".formatted(e.getMessage()), e);
    } finally {
      if (!sound) {
        ended(closed);
      }
    }
  }

  private void take(ChatEvent event) {
    ready.add(event);
    if (event instanceof ChatEvent.Finished) {
      finished = true;
      breaker.succeeded();
      quietly();
    }
  }

  private void ended(boolean cancelled) {
    if (cancelled) {
      breaker.abandoned();
    } else {
      breaker.failed();
    }
    quietly();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (!finished) {
        breaker.abandoned();
      }
      quietly();
    }
  }

  private void quietly() {
    try {
      body.close();
    } catch (IOException _) {
      // It is gone either way.
    }
  }
}
