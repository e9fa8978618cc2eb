package dev.freehold.langchain4j;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.Prompt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// A model that says given words, remembers what it was asked, and fails where it is told to.
final class ScriptedChatModel implements ChatModel {

  final List<ChatRequest> asked = new ArrayList<>();
  final CountDownLatch closed = new CountDownLatch(1);
  private final List<String> words;
  private final @Nullable FreeholdException failure;

  ScriptedChatModel(List<String> words, @Nullable FreeholdException failure) {
    this.words = words;
    this.failure = failure;
  }

  @Override
  public ModelCard card() {
    return new ModelCard("scripted", "none", 0, 0, 100, "Apache-2.0", "", Instant.EPOCH);
  }

  @Override
  public ChatStream stream(ChatRequest request) {
    asked.add(request);
    List<ChatEvent> events = new ArrayList<>();
    events.add(new ChatEvent.Reading(3, 7));
    words.forEach(word -> events.add(new ChatEvent.Text(word, List.of())));
    events.add(
        new ChatEvent.Finished(
            ChatEvent.FinishReason.LENGTH, new ChatEvent.Usage(7, 0, words.size())));
    Iterator<ChatEvent> rest = events.iterator();
    return new ChatStream() {
      @Override
      public boolean hasNext() {
        return closed.getCount() > 0 && rest.hasNext();
      }

      @Override
      public ChatEvent next() {
        ChatEvent next = rest.next();
        if (failure != null && next instanceof ChatEvent.Finished) {
          throw failure;
        }
        return next;
      }

      @Override
      public void close() {
        closed.countDown();
      }
    };
  }

  @Override
  public int countTokens(Prompt prompt) {
    return 7;
  }

  @Override
  public void close() {}
}
