package dev.freehold.workload;

import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Message;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Unavailable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// Models that say what a script makes of the last message, word by word, and remember who asked.
final class Scripted implements ChatModels {

  /// A script that fails before the first word.
  static final Function<String, String> DOWN =
      _ -> {
        throw new Unavailable("It is down.");
      };

  final Map<String, Function<String, String>> scripts = new ConcurrentHashMap<>();
  final List<String> asked = new CopyOnWriteArrayList<>();
  final List<Asking> askings = new CopyOnWriteArrayList<>();
  volatile String failsAfterFirstWord = "";

  Scripted(String... names) {
    for (String name : names) {
      scripts.put(name, said -> name + " says " + said);
    }
  }

  @Override
  public List<ModelCard> cards() {
    return scripts.keySet().stream().sorted().map(Scripted::card).toList();
  }

  private static ModelCard card(String name) {
    return new ModelCard(name, "script", 0, 0, 4096, "", "", Instant.EPOCH);
  }

  @Override
  public ChatModel model(String name) {
    if (!scripts.containsKey(name)) {
      throw new NotFound("There is no model %s.".formatted(name));
    }
    return new One(name);
  }

  @Override
  public ChatModel model(String name, Asking asking) {
    ChatModel model = model(name);
    askings.add(asking);
    return model;
  }

  private final class One implements ChatModel {
    private final String name;

    One(String name) {
      this.name = name;
    }

    @Override
    public ModelCard card() {
      return Scripted.card(name);
    }

    @Override
    public ChatStream stream(ChatRequest request) {
      asked.add(name);
      String last =
          switch (request.prompt()) {
            case Prompt.Conversation talk -> talk.messages().getLast().text();
            case Prompt.Text text -> text.text();
          };
      List<String> words = List.of(scripts.get(name).apply(last).splitWithDelimiters("\\s+", 0));
      int most = request.maxTokens().orElse(Integer.MAX_VALUE);
      return new Words(name, words, most);
    }

    @Override
    public int countTokens(Prompt prompt) {
      return switch (prompt) {
        case Prompt.Conversation talk ->
            talk.messages().stream().map(Message::text).mapToInt(String::length).sum();
        case Prompt.Text text -> text.text().length();
      };
    }

    @Override
    public void close() {}
  }

  private final class Words implements ChatStream {
    private final String name;
    private final List<String> words;
    private final int most;
    private int next;
    private boolean finished;
    private volatile boolean closed;

    Words(String name, List<String> words, int most) {
      this.name = name;
      this.words = words;
      this.most = most;
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
      if (closed) {
        throw new Unavailable("It was closed.");
      }
      if (next > 0 && name.equals(failsAfterFirstWord)) {
        throw new Unavailable("It broke off.");
      }
      if (next < Math.min(words.size(), most)) {
        return new ChatEvent.Text(words.get(next++), List.of());
      }
      finished = true;
      return new ChatEvent.Finished(
          next < words.size() ? ChatEvent.FinishReason.LENGTH : ChatEvent.FinishReason.STOP,
          new ChatEvent.Usage(10, 4, next));
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
