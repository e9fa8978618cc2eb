package dev.freehold.server.web;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Prompt;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A model that says, word by word, what a script makes of the last message.
///
/// Safe for use by many threads at once.
final class ScriptedModel implements ChatModel, ChatModels {

  volatile Function<String, String> script = question -> "You asked: " + question;
  volatile long millisPerWord = 1;

  /// After so many words and spaces it waits until it may go on.
  volatile int pausesAfter = Integer.MAX_VALUE;

  volatile CountDownLatch goesOn = new CountDownLatch(0);

  /// What a stopped answer waits for before it ends.
  volatile CountDownLatch stops = new CountDownLatch(0);

  final AtomicInteger running = new AtomicInteger();

  @Override
  public ModelCard card() {
    return new ModelCard(
        "scripted-small",
        "script",
        135_000_000,
        98_000_000,
        4096,
        "Apache-2.0",
        "sha256:00",
        Instant.EPOCH);
  }

  @Override
  public List<ModelCard> cards() {
    return List.of(card());
  }

  @Override
  public ChatModel model(String name) {
    if (!name.equals(card().name())) {
      throw new NotFound("No model has that name.");
    }
    return this;
  }

  @Override
  public int countTokens(Prompt prompt) {
    return switch (prompt) {
      case Prompt.Conversation conversation ->
          conversation.messages().stream().mapToInt(m -> m.text().split("\\s+").length).sum();
      case Prompt.Text text -> text.text().split("\\s+").length;
    };
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    String last =
        switch (request.prompt()) {
          case Prompt.Conversation conversation -> conversation.messages().getLast().text();
          case Prompt.Text text -> text.text();
        };
    running.incrementAndGet();
    return new Words(List.of(script.apply(last).splitWithDelimiters("\\s+", 0)));
  }

  @Override
  public void close() {}

  private final class Words implements ChatStream {
    private final List<String> words;
    private int next;
    private final AtomicBoolean ended = new AtomicBoolean();
    private boolean finished;
    private volatile boolean closed;

    Words(List<String> words) {
      this.words = words;
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
      try {
        Thread.sleep(millisPerWord);
        while (next >= pausesAfter && !closed && !goesOn.await(5, TimeUnit.MILLISECONDS)) {
          // It is not told to go on yet.
        }
        if (closed && !stops.await(60, TimeUnit.SECONDS)) {
          throw new IllegalStateException("Nobody let it stop.");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (closed) {
        throw new IllegalStateException("The stream was closed.");
      }
      if (next < words.size()) {
        return new ChatEvent.Text(words.get(next++), List.of());
      }
      if (!ended.compareAndSet(false, true)) {
        throw new IllegalStateException("The stream was closed.");
      }
      finished = true;
      running.decrementAndGet();
      return new ChatEvent.Finished(
          ChatEvent.FinishReason.STOP, new ChatEvent.Usage(7, 0, words.size()));
    }

    @Override
    public void close() {
      if (ended.compareAndSet(false, true)) {
        running.decrementAndGet();
        closed = true;
      }
    }
  }
}
