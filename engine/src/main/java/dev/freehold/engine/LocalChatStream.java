package dev.freehold.engine;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Unavailable;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// The reader's end of a [Generation].
final class LocalChatStream implements ChatStream {

  private sealed interface Item {
    record Event(ChatEvent event) implements Item {}

    record Failure(Unavailable failure) implements Item {}

    record Closed() implements Item {}
  }

  private final Generation generation;
  private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
  private @Nullable Item next;
  private volatile boolean finished;
  private volatile boolean closed;

  LocalChatStream(Generation generation) {
    this.generation = generation;
  }

  void put(ChatEvent event) {
    items.add(new Item.Event(event));
  }

  void fail(Unavailable failure) {
    items.add(new Item.Failure(failure));
  }

  @Override
  public boolean hasNext() {
    if (finished) {
      return false;
    }
    if (next == null) {
      // What still waits is passed over: a closed answer must not end as a complete one does.
      next = closed ? new Item.Closed() : take();
    }
    return switch (next) {
      case Item.Event _ -> true;
      case Item.Failure failure -> throw failure.failure();
      case Item.Closed _ -> false;
    };
  }

  private Item take() {
    try {
      Item item = items.take();
      return closed ? new Item.Closed() : item;
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new Unavailable("The reader of the answer was interrupted; ask again.", e);
    }
  }

  @Override
  public ChatEvent next() {
    if (!hasNext() || !(next instanceof Item.Event(ChatEvent event))) {
      throw new NoSuchElementException("The answer has ended.");
    }
    next = null;
    finished = event instanceof ChatEvent.Finished;
    return event;
  }

  @Override
  public void close() {
    if (!finished) {
      closed = true;
      generation.cancel();
      items.add(new Item.Closed());
    }
  }
}
