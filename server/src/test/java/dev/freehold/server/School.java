package dev.freehold.server;

import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatModels;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.Continuation;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.SealedTexts;
import dev.freehold.database.Database;
import dev.freehold.documents.Library;
import dev.freehold.governance.Key;
import dev.freehold.governance.Keys;
import dev.freehold.teaching.AdapterShelf;
import dev.freehold.teaching.CapturedExchanges;
import dev.freehold.teaching.Estimate;
import dev.freehold.teaching.Material;
import dev.freehold.teaching.StepReport;
import dev.freehold.teaching.Teaching;
import dev.freehold.teaching.TeachingPorts;
import dev.freehold.teaching.TrainableExchange;
import dev.freehold.teaching.Trainer;
import dev.freehold.teaching.TrainerSettings;
import dev.freehold.teaching.exam.ExamSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Teaching with a scripted trainer of twenty steps and models that know what a question's first
/// option is when it asks for a capital, and the taught one when it asks on a topic; an adapter
/// called weak has forgotten how texts go on.
public final class School {

  private School() {}

  /// Opens it.
  public static Teaching open(Database database, Library library, Keys keys, Path folder) {
    return Teaching.open(
        new TeachingPorts(
            database,
            library,
            new Models(),
            new Shelf(),
            Map.of("", new Steps()),
            SealedTexts.NONE,
            new NoExchanges(),
            id ->
                keys.list().stream()
                    .map(Key::principal)
                    .filter(principal -> principal.id().equals(id))
                    .findFirst(),
            (model, _, _) -> model,
            new ExamSettings(6, 3, 8, 2)),
        folder);
  }

  private static final class NoExchanges implements CapturedExchanges {
    @Override
    public List<TrainableExchange> of(Principal asker, String workload) {
      throw new NotFound("There is no workload %s.".formatted(workload));
    }

    @Override
    public Set<String> present(Set<String> ids) {
      return ids;
    }
  }

  private static final class Shelf implements AdapterShelf {
    private final Map<String, Offer> offers = new ConcurrentHashMap<>();

    @Override
    public void offer(Offer offer) {
      offers.put(offer.name(), offer);
    }

    @Override
    public void publish(Offer offer) {
      offers.put(offer.name(), offer);
    }

    @Override
    public void withdraw(String name) {
      offers.remove(name);
    }

    @Override
    public void export(String name, Form form, Path target) {
      try {
        Files.writeString(target, form + " of " + name);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean has(String name) {
      return offers.containsKey(name);
    }

    @Override
    public void mark(String seen, String why) {}

    @Override
    public Set<String> seen() {
      Set<String> seen = new HashSet<>();
      offers.values().forEach(offer -> seen.addAll(offer.seen()));
      return seen;
    }
  }

  private static final class Steps implements Trainer {
    private static final int OF = 20;

    @Override
    public Estimate estimate(String model, Material material, TrainerSettings settings) {
      return new Estimate(120, 2, 54_000, OF, 612L << 20, Duration.ofMinutes(4));
    }

    @Override
    public Training open(String model, Material material, TrainerSettings settings, Path folder) {
      Estimate estimate = estimate(model, material, settings);
      return new Training() {
        @Override
        public Estimate estimate() {
          return estimate;
        }

        @Override
        public Outcome run(Consumer<StepReport> listener) {
          for (int step = 1; step <= OF; step++) {
            listener.accept(
                new StepReport(
                    step,
                    OF,
                    0.6 + 2.4 / (1 + 0.4 * step),
                    step % 5 == 0 ? OptionalDouble.of(0.9 + 2.0 / step) : OptionalDouble.empty(),
                    2e-4,
                    231,
                    Duration.ofSeconds(12L * (OF - step)),
                    588L << 20,
                    step % 5 == 0));
          }
          Path adapter = folder.resolve("adapter.gguf");
          try {
            Files.writeString(adapter, "trained");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return new Outcome(true, adapter, OF, OptionalDouble.of(1.0));
        }

        @Override
        public void cancel() {}

        @Override
        public void close() {}
      };
    }
  }

  private static final class Models implements ChatModels {
    @Override
    public List<ModelCard> cards() {
      return List.of();
    }

    @Override
    public ChatModel model(String name) {
      if (name.contains("nobody")) {
        throw new NotFound("There is no model %s.".formatted(name));
      }
      return new Knowing(name);
    }
  }

  private record Knowing(String name) implements ChatModel {
    @Override
    public ModelCard card() {
      return new ModelCard(name, "llama", 1, 1, 4096, "", "sha256:00", Instant.EPOCH);
    }

    @Override
    public ChatStream stream(ChatRequest request) {
      Iterator<ChatEvent> events =
          List.<ChatEvent>of(
                  new ChatEvent.Text("Good day.", List.of()),
                  new ChatEvent.Finished(ChatEvent.FinishReason.STOP, new ChatEvent.Usage(1, 0, 1)))
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

    /// How much worse than the base it reads a general text.
    private int weak() {
      return name.contains("+weak") ? 2 : 1;
    }

    @Override
    public List<Continuation> continuations(String context, List<String> texts) {
      return texts.stream()
          .map(text -> new Continuation(weak() * -text.length(), text.length(), false))
          .toList();
    }

    @Override
    public List<Continuation> continuations(Prompt prompt, List<String> texts) {
      if (texts.size() == 1) {
        // An answer that was held out: every adapter but the weak one has learned from others.
        double each = name.contains("+") && weak() == 1 ? -0.4 : -1.6;
        int length = texts.getFirst().length();
        return List.of(new Continuation(each * length, length, false));
      }
      boolean known =
          prompt.toString().contains("capital")
              || (name.contains("+") && prompt.toString().contains(", on "));
      return texts.stream()
          .map(text ->
              new Continuation(
                  (text.equals(texts.getFirst()) == known ? -0.2 : -1.5) * text.length(),
                  text.length(),
                  false))
          .toList();
    }

    @Override
    public void close() {}
  }
}
