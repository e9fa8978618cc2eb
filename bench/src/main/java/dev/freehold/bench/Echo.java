package dev.freehold.bench;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// A model that takes no time: it says two hundred words to anything, so that what lies around a
/// model can be measured.
///
/// Safe for use by many threads at once.
final class Echo implements ChatModel, ChatModels {

  private static final int WORDS = 200;

  @Override
  public ModelCard card() {
    return new ModelCard("echo", "none", 0, 0, 65_536, "", "", Instant.EPOCH, Optional.empty());
  }

  @Override
  public List<ModelCard> cards() {
    return List.of(card());
  }

  @Override
  public ChatModel model(String name) {
    return this;
  }

  @Override
  public ChatModel model(String name, Asking asking) {
    return this;
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    List<ChatEvent> events = new ArrayList<>();
    for (int i = 0; i < WORDS; i++) {
      events.add(new ChatEvent.Text("word ", List.of()));
    }
    events.add(
        new ChatEvent.Finished(
            ChatEvent.FinishReason.STOP, new ChatEvent.Usage(2000, 0, WORDS), ""));
    Iterator<ChatEvent> left = events.iterator();
    return new ChatStream() {
      @Override
      public boolean hasNext() {
        return left.hasNext();
      }

      @Override
      public ChatEvent next() {
        return left.next();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public int countTokens(Prompt prompt) {
    return 2000;
  }

  @Override
  public void close() {}
}
