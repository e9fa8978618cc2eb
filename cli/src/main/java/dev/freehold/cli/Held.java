package dev.freehold.cli;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatStream;
import java.util.concurrent.atomic.AtomicBoolean;

/// An answer that holds its model in memory until it is closed.
final class Held implements ChatStream {

  private final ChatStream stream;
  private final Runnable giveBack;
  private final AtomicBoolean given = new AtomicBoolean();

  Held(ChatStream stream, Runnable giveBack) {
    this.stream = stream;
    this.giveBack = giveBack;
  }

  @Override
  public boolean hasNext() {
    return stream.hasNext();
  }

  @Override
  public ChatEvent next() {
    return stream.next();
  }

  @Override
  public void close() {
    stream.close();
    if (given.compareAndSet(false, true)) {
      giveBack.run();
    }
  }
}
