package dev.freehold.proving;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Prompt;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// Models that answer as they are told; those whose names hold a `/` are somebody else's.
final class Scripted implements ChatModels {

  final Map<String, Function<String, String>> scripts = new ConcurrentHashMap<>();
  final Map<String, String> fingerprints = new ConcurrentHashMap<>();
  final Map<String, LocalDate> shutdowns = new ConcurrentHashMap<>();
  final Map<String, String> digests = new ConcurrentHashMap<>();
  final AtomicInteger asked = new AtomicInteger();

  Scripted with(String name, Function<String, String> script) {
    scripts.put(name, script);
    return this;
  }

  private ModelCard card(String name) {
    return new ModelCard(
        name,
        name.contains("/") ? "upstream" : "llama",
        0,
        0,
        4096,
        "",
        name.contains("/") ? "" : "sha256:" + digests.getOrDefault(name, name),
        Instant.EPOCH,
        Optional.ofNullable(shutdowns.get(name)));
  }

  @Override
  public List<ModelCard> cards() {
    return new TreeMap<>(scripts).keySet().stream().map(this::card).toList();
  }

  @Override
  public ChatModel model(String name) {
    if (!scripts.containsKey(name)) {
      throw new NotFound("There is no model %s.".formatted(name));
    }
    return new Model(name);
  }

  private final class Model implements ChatModel {
    private final String name;

    Model(String name) {
      this.name = name;
    }

    @Override
    public ModelCard card() {
      return Scripted.this.card(name);
    }

    @Override
    public ChatStream stream(ChatRequest request) {
      asked.incrementAndGet();
      String question =
          request.prompt() instanceof Prompt.Conversation conversation
              ? conversation.messages().getLast().text()
              : "";
      String text = scripts.getOrDefault(name, _ -> "").apply(question);
      Iterator<ChatEvent> events =
          List.<ChatEvent>of(
                  new ChatEvent.Text(text, List.of()),
                  new ChatEvent.Finished(
                      ChatEvent.FinishReason.STOP,
                      new ChatEvent.Usage(10, 0, 5),
                      fingerprints.getOrDefault(name, "")))
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
}
