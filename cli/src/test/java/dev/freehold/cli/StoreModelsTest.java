package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.AdapterUse;
import dev.freehold.chat.Asking;
import dev.freehold.chat.Busy;
import dev.freehold.chat.ChatEvent;
import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.ModelCard;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Prompt;
import dev.freehold.chat.Unavailable;
import dev.freehold.store.AdapterFacts;
import dev.freehold.store.AdapterSource;
import dev.freehold.store.AdapterStore;
import dev.freehold.store.Catalogue;
import dev.freehold.store.ModelFacts;
import dev.freehold.store.ModelStore;
import dev.freehold.store.Name;
import dev.freehold.store.Publication;
import dev.freehold.store.PullSettings;
import dev.freehold.store.Puller;
import dev.freehold.store.SourceRights;
import dev.freehold.store.StoredAdapter;
import dev.freehold.store.StoredModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreModelsTest {

  private static final ChatRequest QUESTION = ChatRequest.of(new Message.User("?"));

  @TempDir private Path folder;
  private ModelStore store;
  private final List<String> log = new ArrayList<>();

  @BeforeEach
  void threeModelsOfThousandBytes() throws IOException {
    store = ModelStore.open(folder.resolve("home"));
    for (String name : List.of("a", "b", "c")) {
      byte[] bytes = new byte[1_000];
      bytes[0] = (byte) name.charAt(0);
      Path file = Files.write(folder.resolve(name + ".gguf"), bytes);
      new Puller(
              store,
              Catalogue.shipped(),
              PullSettings.DEFAULT,
              _ -> new ModelFacts("test", 1, 10, "MIT"))
          .pull(file.toString(), Optional.empty(), Optional.empty(), _ -> {});
    }
  }

  /// A model that answers nothing until it is closed, and says when it was opened and closed.
  private class Silent implements ChatModel {
    private final StoredModel stored;
    private final AtomicBoolean closed = new AtomicBoolean();

    Silent(StoredModel stored) {
      this.stored = stored;
      log("+" + stored.name());
    }

    @Override
    public ModelCard card() {
      return stored.card();
    }

    @Override
    public ChatStream stream(ChatRequest request) {
      if (closed.get()) {
        throw new Unavailable("closed");
      }
      return new ChatStream() {
        @Override
        public boolean hasNext() {
          return false;
        }

        @Override
        public ChatEvent next() {
          throw new java.util.NoSuchElementException();
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
    public void close() {
      closed.set(true);
      log("-" + stored.name());
    }
  }

  private synchronized void log(String entry) {
    log.add(entry);
  }

  private StoreModels models(long memory) {
    return new StoreModels(store, "b", memory, Silent::new);
  }

  private static void ask(StoreModels models, String name) {
    models.model(name).stream(QUESTION).close();
  }

  @Test
  void theDefaultModelIsListedFirstAndNothingIsLoadedUnasked() {
    try (StoreModels models = models(2_000)) {
      assertThat(models.cards()).extracting(ModelCard::name).containsExactly("b", "a", "c");
      assertThat(models.model("a").card().name()).isEqualTo("a");
      assertThatThrownBy(() -> models.model("d")).isInstanceOf(NotFound.class);
      assertThat(log).isEmpty();
      assertThat(models.isLoaded("a")).isFalse();
    }
  }

  @Test
  void theOneAskedLongestAgoMakesRoom() {
    try (StoreModels models = models(2_000)) {
      ask(models, "a");
      ask(models, "b");
      ask(models, "a");
      ask(models, "c");
      assertThat(log).containsExactly("+a", "+b", "-b", "+c");
      assertThat(models.isLoaded("a")).isTrue();
      assertThat(models.isLoaded("b")).isFalse();
    }
    assertThat(log).contains("-a", "-c");
  }

  @Test
  void whatAnswersStaysAndOthersAreToldToWait() {
    try (StoreModels models = models(1_000)) {
      try (ChatStream _ = models.model("a").stream(QUESTION)) {
        assertThatThrownBy(() -> models.model("b").stream(QUESTION)).isInstanceOf(Busy.class);
        assertThat(log).containsExactly("+a");
      }
      ask(models, "b");
      assertThat(log).containsExactly("+a", "-a", "+b");
    }
  }

  @Test
  void aModelThatAloneIsTooLargeIsLoadedAllTheSame() {
    try (StoreModels models = models(10)) {
      ask(models, "a");
      assertThat(log).containsExactly("+a");
    }
  }

  @Test
  void manyWhoAskAtOnceLoadOnce() throws Exception {
    try (StoreModels models = models(2_000);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch go = new CountDownLatch(1);
      List<Future<?>> asked = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        asked.add(
            threads.submit(() -> {
              go.await();
              ask(models, "a");
              return "";
            }));
      }
      go.countDown();
      for (Future<?> one : asked) {
        one.get();
      }
      assertThat(log).containsExactly("+a");
    }
  }

  @Test
  void oneThatCannotBeLoadedIsTriedAgainNextTime() {
    AtomicBoolean broken = new AtomicBoolean(true);
    try (StoreModels models =
        new StoreModels(
            store,
            "a",
            1_000,
            stored -> {
              if (broken.get()) {
                throw new Unavailable("no memory");
              }
              return new Silent(stored);
            })) {
      assertThatThrownBy(() -> ask(models, "a")).isInstanceOf(Unavailable.class);
      broken.set(false);
      ask(models, "a");
      assertThat(log).containsExactly("+a");
    }
  }

  private static final Principal ANNA = new Principal("anna", "Anna", Set.of("staff"));
  private static final Principal BEN = new Principal("ben", "Ben", Set.of());

  /// Opens silent models and says which adapters are put on them and taken away.
  private final class Dressing implements ModelOpener {
    private final List<List<AdapterUse>> asked = new ArrayList<>();

    @Override
    public ChatModel open(StoredModel stored) {
      return new Silent(stored) {
        @Override
        public ChatStream stream(ChatRequest request) {
          asked.add(request.adapters());
          return super.stream(request);
        }
      };
    }

    @Override
    public void put(ChatModel model, StoredAdapter adapter) {
      log("put " + adapter.name());
    }

    @Override
    public void take(ChatModel model, StoredAdapter adapter) {
      log("take " + adapter.name());
    }
  }

  private StoredAdapter publish(String name, String base, AdapterSource source) {
    return AdapterStore.in(store)
        .publish(
            new Publication(
                new Name(name),
                store.resolve(base).digest(),
                new AdapterFacts("test", 1, 1, 1, 10),
                List.of(source),
                Set.of(),
                "test",
                ""),
            file -> {
              try {
                Files.write(file, (name + base).repeat(50).getBytes(StandardCharsets.UTF_8));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  private StoreModels dressed(ModelOpener opener, long memory, SourceRights rights) {
    AdapterStore adapters = AdapterStore.in(store);
    return new StoreModels(
        store,
        new ReadableAdapters() {
          @Override
          public List<StoredAdapter> list(Principal principal) {
            return adapters.list(principal, rights);
          }

          @Override
          public Optional<StoredAdapter> find(String name, Principal principal) {
            return adapters.find(name, principal, rights);
          }
        },
        "b",
        memory,
        opener);
  }

  @Test
  void adaptersAreListedAndAskedByThoseWhoMayReadThemAndAreNothingToOthers() {
    StoredAdapter staff = publish("staff-1", "b", new AdapterSource.Named(Set.of("group:staff")));
    publish("open-1", "b", new AdapterSource.Named(Set.of("everybody")));
    publish("kept-1", "a", new AdapterSource.Kept("collection:7"));
    Dressing opener = new Dressing();
    AtomicBoolean shared = new AtomicBoolean(true);
    SourceRights rights = (who, what) -> shared.get() && what.equals("collection:7") && who == ANNA;
    try (StoreModels models = dressed(opener, 4_000, rights)) {
      assertThat(models.cards(ANNA))
          .extracting(ModelCard::name)
          .containsExactly("b", "a", "c", "a+kept-1", "b+open-1", "b+staff-1");
      assertThat(models.cards(BEN))
          .extracting(ModelCard::name)
          .containsExactly("b", "a", "c", "b+open-1");
      assertThat(models.cards()).extracting(ModelCard::name).containsExactly("b", "a", "c");
      ChatModel asked = models.model("b+staff-1", Asking.of(ANNA));
      assertThat(asked.card().name()).isEqualTo("b+staff-1");
      assertThat(asked.card().digest()).isEqualTo(staff.digest().toString());
      asked.stream(QUESTION).close();
      asked.stream(QUESTION).close();
      assertThat(log).containsExactly("+b", "put staff-1");
      assertThat(opener.asked.getLast())
          .containsExactly(new AdapterUse(staff.digest().toString(), 1));
      shared.set(false);
      assertThat(models.cards(ANNA)).extracting(ModelCard::name).doesNotContain("a+kept-1");
      // Forbidden, unknown, for another model, and revoked: one answer.
      List<String> answers = new ArrayList<>();
      for (String name : List.of("b+staff-1", "b+nothing", "a+open-1", "a+kept-1", "d+open-1")) {
        try {
          models.model(name, Asking.of(BEN));
        } catch (NotFound e) {
          answers.add(e.getMessage().replace(name, "NAME"));
        }
      }
      assertThat(answers).hasSize(5);
      assertThat(Set.copyOf(answers)).hasSize(1);
      assertThatThrownBy(() -> models.model("b+open-1")).isInstanceOf(InvalidRequest.class);
      assertThatThrownBy(() -> models.model("b+nothing"))
          .isInstanceOf(InvalidRequest.class)
          .hasMessage(message(() -> models.model("b+open-1")));
    }
  }

  private static String message(Runnable work) {
    try {
      work.run();
      return "nothing";
    } catch (InvalidRequest e) {
      return e.getMessage();
    }
  }

  @Test
  void aRequestNamesAdaptersAndScalesWithinTheRightsOfWhoAsks() {
    StoredAdapter staff = publish("staff-1", "b", new AdapterSource.Named(Set.of("group:staff")));
    StoredAdapter open = publish("open-1", "b", new AdapterSource.Named(Set.of("everybody")));
    Dressing opener = new Dressing();
    try (StoreModels models = dressed(opener, 4_000, SourceRights.NONE)) {
      ChatRequest both =
          QUESTION.withAdapters(
              List.of(new AdapterUse("open-1", 0.5), new AdapterUse("staff-1", -1)));
      models.model("b+open-1", Asking.of(ANNA)).stream(both).close();
      assertThat(opener.asked.getLast())
          .containsExactly(
              new AdapterUse(open.digest().toString(), 0.5),
              new AdapterUse(staff.digest().toString(), -1));
      ChatRequest unknown = QUESTION.withAdapters(List.of(new AdapterUse("nothing", 1)));
      ChatRequest forbidden = QUESTION.withAdapters(List.of(new AdapterUse("staff-1", 1)));
      ChatModel ben = models.model("b", Asking.of(BEN));
      assertThat(message(() -> ben.stream(forbidden)))
          .isEqualTo(message(() -> ben.stream(unknown)).replace("nothing", "staff-1"))
          .isNotEqualTo("nothing");
      ChatModel nobody = models.model("b");
      ChatRequest everybodys = QUESTION.withAdapters(List.of(new AdapterUse("open-1", 1)));
      assertThatThrownBy(() -> nobody.stream(everybodys)).isInstanceOf(InvalidRequest.class);
    }
  }

  @Test
  void adaptersThatTakeTooMuchMakeRoomForTheOneWanted() {
    for (String name : List.of("one", "two", "six")) {
      publish(name, "b", new AdapterSource.Named(Set.of("everybody")));
    }
    Dressing opener = new Dressing();
    // A quarter of it holds two of the three, of 200 bytes each.
    try (StoreModels models = dressed(opener, 1_800, SourceRights.NONE)) {
      for (String name : List.of("one", "two", "one", "six", "two")) {
        models.model("b+" + name, Asking.of(ANNA)).stream(QUESTION).close();
      }
    }
    assertThat(log)
        .containsExactly(
            "+b", "put one", "put two", "take two", "put six", "take one", "put two", "-b");
  }

  @Test
  void afterItsEndNothingIsLoaded() {
    StoreModels models = models(1_000);
    models.close();
    assertThatThrownBy(() -> ask(models, "a")).isInstanceOf(Unavailable.class);
  }
}
