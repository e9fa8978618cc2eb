package dev.freehold.server.web;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Unavailable;
import java.util.List;

/// The scripted model under its own name and under that of a rented one; its own can be made to
/// fail.
final class TwoModels implements ChatModels {

  static final String RENTED = "rented/large-4";

  private final ChatModels own;
  volatile boolean ownDown;

  TwoModels(ChatModels own) {
    this.own = own;
  }

  @Override
  public List<ModelCard> cards() {
    ModelCard card = own.cards().getFirst();
    return List.of(card, card.named(RENTED));
  }

  @Override
  public ChatModel model(String name) {
    boolean rented = name.equals(RENTED);
    ChatModel model = own.model(rented ? own.cards().getFirst().name() : name);
    return new ChatModel() {
      @Override
      public ModelCard card() {
        return model.card().named(name);
      }

      @Override
      public ChatStream stream(ChatRequest request) {
        if (ownDown && !rented) {
          throw new Unavailable("It is down.");
        }
        return model.stream(request);
      }

      @Override
      public int countTokens(Prompt prompt) {
        return model.countTokens(prompt);
      }

      @Override
      public void close() {}
    };
  }
}
