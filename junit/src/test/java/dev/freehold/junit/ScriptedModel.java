package dev.freehold.junit;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;

/// A model that answers as it is told.
record ScriptedModel(String name, UnaryOperator<String> script) implements ChatModel {

  @Override
  public ModelCard card() {
    return new ModelCard(name, "llama", 0, 0, 2048, "", "sha256:" + name, Instant.EPOCH);
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    String asked =
        request.prompt() instanceof Prompt.Conversation conversation
            ? conversation.messages().getLast().text()
            : "";
    Iterator<ChatEvent> events =
        List.<ChatEvent>of(
                new ChatEvent.Text(script.apply(asked), List.of()),
                new ChatEvent.Finished(ChatEvent.FinishReason.STOP, new ChatEvent.Usage(10, 0, 5)))
            .iterator();
    return new ChatStream() {
      @Override
      public boolean hasNext() {
        return events.hasNext();
      }

      @Override
      public ChatEvent next() {
        return events.next();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public int countTokens(Prompt prompt) {
    return 10;
  }

  @Override
  public void close() {}
}
