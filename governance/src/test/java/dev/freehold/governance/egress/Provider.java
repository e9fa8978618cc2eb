package dev.freehold.governance.egress;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// A rented model as the gate sees it: remembers all it was sent, and says it back in pieces.
final class Provider implements ChatModel {

  final List<ChatRequest> received = new CopyOnWriteArrayList<>();
  volatile Function<String, List<String>> pieces = List::of;
  volatile Function<ChatRequest, List<ChatEvent>> before = _ -> List.of();

  /// Every byte that reached it.
  long bytes() {
    return received.stream().mapToLong(request -> Leaving.of(request).bytes()).sum();
  }

  @Override
  public ModelCard card() {
    return new ModelCard("up/rented", "upstream", 0, 0, 0, "", "", Instant.EPOCH);
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    received.add(request);
    List<ChatEvent> events = new ArrayList<>();
    events.addAll(before.apply(request));
    for (String piece : pieces.apply(Leaving.of(request).texts().getFirst().text())) {
      events.add(new ChatEvent.Text(piece, List.of()));
    }
    events.add(new ChatEvent.Finished(ChatEvent.FinishReason.STOP, new ChatEvent.Usage(1, 0, 1)));
    Iterator<ChatEvent> all = events.iterator();
    return new ChatStream() {
      @Override
      public boolean hasNext() {
        return all.hasNext();
      }

      @Override
      public ChatEvent next() {
        return all.next();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public int countTokens(Prompt prompt) {
    return 1;
  }

  @Override
  public void close() {}
}
