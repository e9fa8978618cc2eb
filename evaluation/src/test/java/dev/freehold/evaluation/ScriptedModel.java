package dev.freehold.evaluation;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A model that answers as it is told.
final class ScriptedModel implements ChatModel {

  private final String name;
  private final Function<ChatRequest, String> script;
  final AtomicInteger asked = new AtomicInteger();

  ScriptedModel(String name, Function<ChatRequest, String> script) {
    this.name = name;
    this.script = script;
  }

  /// The words that were said last.
  static String last(ChatRequest request) {
    return request.prompt() instanceof Prompt.Conversation conversation
        ? conversation.messages().getLast().text()
        : "";
  }

  @Override
  public ModelCard card() {
    return new ModelCard(name, "llama", 0, 0, 2048, "", "sha256:" + name, Instant.EPOCH);
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    asked.incrementAndGet();
    String text = script.apply(request);
    Iterator<ChatEvent> events =
        List.<ChatEvent>of(
                new ChatEvent.Text(text, List.of()),
                new ChatEvent.Finished(
                    ChatEvent.FinishReason.STOP,
                    new ChatEvent.Usage(10, 0, Math.max(1, text.length() / 4))))
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
